using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Neutron.</summary>
public abstract class NeutronContract(ContractCloud cloud) : ServiceContract(cloud, "network")
{
    [Fact]
    public async Task Floating_addresses_are_those_of_the_project()
    {
        var addresses = (await PageAsync($"project_id={Cloud.ProjectId}"))["floatingips"]!.AsArray();

        Assert.NotEmpty(addresses);
        Assert.All(addresses, address => Assert.Equal(Cloud.ProjectId, (string?)address!["project_id"]));
    }

    [Fact]
    public async Task A_full_page_has_a_next_link_with_its_last_id_as_marker()
    {
        var page = await PageAsync("limit=1");
        var next = page["floatingips_links"]!.AsArray().Single(link => (string?)link!["rel"] == "next")!;

        Assert.Contains(
            $"marker={(string?)page["floatingips"]![0]!["id"]}",
            (string?)next["href"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        Assert.Equal(401, (await Raw.GetAsync($"{Url}/v2.0/floatingips", token: null, Ct)).Status);
    }

    private async Task<JsonNode> PageAsync(string query)
    {
        var answer = await Raw.GetAsync($"{Url}/v2.0/floatingips?{query}", Token, Ct);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return answer.Json;
    }
}
