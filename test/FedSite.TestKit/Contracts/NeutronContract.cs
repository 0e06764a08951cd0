using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Neutron.</summary>
public abstract class NeutronContract(ContractCloud cloud) : IAsyncLifetime
{
    private readonly RawCloud _raw = new(cloud);
    private string _neutron = "";
    private string _token = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _neutron = await _raw.EndpointAsync("network", Ct);
        _token = await _raw.TokenAsync(cloud.Plain, RawCloud.ProjectScope(cloud.ProjectId), Ct);
    }

    public ValueTask DisposeAsync()
    {
        _raw.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Floating_addresses_are_those_of_the_project()
    {
        var addresses = (await PageAsync($"project_id={cloud.ProjectId}"))["floatingips"]!.AsArray();

        Assert.NotEmpty(addresses);
        Assert.All(addresses, address => Assert.Equal(cloud.ProjectId, (string?)address!["project_id"]));
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
        Assert.Equal(401, (await _raw.GetAsync($"{_neutron}/v2.0/floatingips", token: null, Ct)).Status);
    }

    private async Task<JsonNode> PageAsync(string query)
    {
        var answer = await _raw.GetAsync($"{_neutron}/v2.0/floatingips?{query}", _token, Ct);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return answer.Json;
    }
}
