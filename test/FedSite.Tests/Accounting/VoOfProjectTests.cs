using System.Text.Json;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack.Identity;

namespace FedSite.Tests.Accounting;

public sealed class VoOfProjectTests
{
    private static readonly string[] Keys = new AccountingConfig().VoProperty.ToArray();

    [Fact]
    public void The_first_property_of_the_list_wins()
    {
        var found = Find("""{"VO": "vo.last.example", "egi.VO": "vo.first.example"}""");

        Assert.Equal("vo.first.example", found?.Vo);
    }

    [Theory]
    [InlineData("egi.eu_VO")]
    [InlineData("accounting_VO")]
    public void A_property_is_found_as_keystone_spells_it_at_the_creation_of_a_project(string stored)
    {
        var found = Find($$"""{"{{stored}}": "vo.example.eu"}""");

        Assert.Equal("vo.example.eu", found?.Vo);
    }

    [Fact]
    public void Of_several_VOs_the_first_is_taken_and_reported_as_a_choice()
    {
        var found = Find("""{"egi.VO": ["vo.one.example", "vo.two.example"]}""");

        Assert.Equal(("vo.one.example", "egi.VO", true), found);
    }

    [Fact]
    public void Of_several_VOs_the_one_in_the_configuration_wins()
    {
        var found = Find("""{"egi.VO": "vo.one.example, vo.two.example"}""", new VoConfig { Name = "vo.two.example" });

        Assert.Equal("vo.two.example", found?.Vo);
    }

    [Fact]
    public void An_empty_property_counts_as_absent()
    {
        var found = Find("""{"egi.VO": "", "VO": "vo.example.eu"}""");

        Assert.Equal("vo.example.eu", found?.Vo);
    }

    [Fact]
    public void A_project_without_any_of_them_has_no_VO()
    {
        Assert.Null(Find("""{"vo": "vo.example.eu"}"""));
    }

    private static (string Vo, string Property, bool Ambiguous)? Find(string properties, params VoConfig[] vos)
    {
        var project = new Project
        {
            Id = "1",
            Name = "p",
            Enabled = true,
            Properties = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(properties)!,
        };
        return VoOfProject.Find(project, Keys, vos);
    }
}
