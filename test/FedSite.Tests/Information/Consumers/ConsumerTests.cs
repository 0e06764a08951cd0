using System.Text;
using System.Text.Json.Nodes;
using FedSite.Information.Validation;

namespace FedSite.Tests.Information.Consumers;

/// <summary>What consumers find in documents of odd sites.</summary>
public sealed class ConsumerTests
{
    private const string Name = "EXAMPLE-SITE";
    private const string Vo = "vo.example.eu";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_image_shows_under_every_VO_that_has_it(bool repeats)
    {
        var api = Api(SomeSite.Ordinary with { Repeats = repeats });

        Assert.Equal([SomeImage.Debian.Id], api.Images(Name, Vo)!.Select(image => image.Id));
        Assert.Equal([SomeImage.Debian.Id], api.Images(Name, "ops")!.Select(image => image.Id));
        Assert.Equal(2, api.Images(Name, Vo, onlyEgi: false)!.Count);
    }

    [Fact]
    public void The_Infrastructure_Manager_takes_the_greatest_version_as_text()
    {
        var newer = SomeImage.Debian with { Id = "newer", Tag = "2026-10-02-0000" };
        var share = SomeSite.Ordinary.Shares[0] with { Images = [newer, SomeImage.Debian] };

        Assert.Equal(
            ("https://keystone.cloud.example.org:5000/v3", "newer"),
            InfrastructureManager.Resolve(Api(new SomeSite(share)), $"egi://{Name}/egi_vm_images/debian:12?{Vo}")
        );
    }

    [Fact]
    public void Synchronisation_and_fedcloudclient_find_the_projects()
    {
        var api = Api(SomeSite.Ordinary);

        Assert.Equal([Vo, "ops"], FederationScripts.Join(api, "OTHER", Name).Select(found => found.Vo));
        Assert.Equal(SomeSite.Ordinary.Shares[0].Project, FederationScripts.FindProject(api, Name, Vo));
    }

    [Fact]
    public void Two_endpoints_of_a_site_are_both_there()
    {
        var other = SomeSite.Ordinary with { Endpoint = "https://second.example.org/v3", GocdbId = "15124G0" };
        var api = new QueryApi(SomeSite.Ordinary.ToBytes(), other.ToBytes());

        Assert.Equal([$"{Name}-15123G0", Name], api.Sites().Select(site => site.Name));
    }

    [Fact]
    public void Of_the_projects_of_a_VO_the_first_alone_is_found_by_its_name()
    {
        var api = Api(new SomeSite(new SomeShare(Vo, "p1"), new SomeShare(Vo, "p2")));

        Assert.Equal("p1", api.Project(Name, Vo)!.Id);
        Assert.Equal(["p1", "p2"], api.Site(Name)!.Projects.Select(project => project.Id));
    }

    [Fact]
    public void What_loses_the_site_or_a_share_at_the_query_API_is_an_error_to_the_validator()
    {
        var document = SomeSite.Ordinary.ToJson();
        var missed = new List<string>();
        foreach (var (holder, key) in Mutations.Places(document))
        {
            foreach (var change in Mutations.Of(holder, key))
            {
                var bytes = Encoding.UTF8.GetBytes(document.ToJsonString());
                var isError = DocumentValidator
                    .Check(bytes, SomeSite.Made)
                    .Any(finding => finding.Severity is DocumentSeverity.Error);
                if (new QueryApi(bytes).Site(Name)?.Projects.Count != 2 && !isError)
                    missed.Add($"{holder.GetPath()}: {change}");
            }
        }

        Assert.Empty(missed);
    }

    private static QueryApi Api(SomeSite site)
    {
        var api = new QueryApi(site.ToBytes());
        Assert.Empty(api.Dropped);
        return api;
    }
}
