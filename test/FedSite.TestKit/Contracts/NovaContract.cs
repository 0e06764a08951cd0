using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Nova.</summary>
public abstract partial class NovaContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    private const string SinceEver = "changes-since=1970-01-01T00:00:00Z";

    [Fact]
    public async Task A_plain_account_sees_no_deleted_servers_in_the_live_list()
    {
        Assert.DoesNotContain(await ServersAsync("limit=1000"), server => (string?)server["status"] == "DELETED");
    }

    [Fact]
    public async Task A_plain_account_sees_deleted_servers_among_the_changed_ones()
    {
        var deleted = (await ServersAsync(SinceEver)).Where(server => (string?)server["status"] == "DELETED").ToList();

        Assert.NotEmpty(deleted);
        Assert.All(deleted, server => Assert.NotNull(server["flavor"]));
    }

    [Fact]
    public async Task A_list_of_changes_has_none_from_before()
    {
        Assert.Empty(await ServersAsync("changes-since=2100-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task A_limit_above_the_services_own_is_cut_not_refused()
    {
        Assert.Equal(Ids(await ServersAsync("limit=1000")), Ids(await ServersAsync("limit=100000")));
    }

    [Fact]
    public async Task Pages_follow_each_other_by_marker_and_make_up_the_whole()
    {
        var whole = Ids(await ServersAsync(SinceEver));
        var paged = new List<string>();
        var query = $"{SinceEver}&limit=2";
        for (string? next = query; next is not null; )
        {
            var page = await PageAsync(next);
            paged.AddRange(Ids([.. page["servers"]!.AsArray().Select(server => server!)]));
            next = NextMarker(page) is { } marker ? $"{query}&marker={marker}" : null;
        }

        Assert.Equal(whole, paged);
    }

    [Fact]
    public async Task A_full_page_has_a_next_link_with_its_last_id_as_marker()
    {
        var page = await PageAsync("limit=1");

        Assert.Equal((string?)page["servers"]![0]!["id"], NextMarker(page));
    }

    [Fact]
    public async Task After_a_full_last_page_comes_an_empty_one()
    {
        var count = (await ServersAsync("limit=1000")).Count;
        var page = await PageAsync($"limit={count}");
        var after = await PageAsync($"limit={count}&marker={NextMarker(page)}");

        Assert.Empty(after["servers"]!.AsArray());
        Assert.Null(after["servers_links"]);
    }

    [Fact]
    public async Task An_unknown_marker_is_400()
    {
        var answer = await GetAsync("servers/detail?marker=00000000-0000-4000-8000-000000000000");

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty((string)answer.Json["badRequest"]!["message"]!);
    }

    [Fact]
    public async Task The_version_document_tells_the_microversions()
    {
        var version = (await GetAsync("")).Json["version"]!;

        Assert.Equal("2.1", (string?)version["min_version"]);
        Assert.StartsWith("2.", (string?)version["version"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_microversion_embeds_flavors_with_extra_specs()
    {
        var flavor = (await ServersAsync("limit=1", await NewestAsync()))[0]["flavor"]!;

        Assert.Null(flavor["id"]);
        Assert.NotEmpty((string)flavor["original_name"]!);
        Assert.True((int)flavor["vcpus"]! > 0);
        Assert.NotNull(flavor["ram"]);
        Assert.NotNull(flavor["disk"]);
        Assert.NotNull(flavor["ephemeral"]);
        Assert.IsType<JsonObject>(flavor["extra_specs"]);
    }

    [Fact]
    public async Task Microversion_2_25_by_the_older_header_gives_flavors_by_id_with_specs_of_their_own()
    {
        var server = (await ServersAsync("limit=1", "2.25"))[0];
        var id = (string)server["flavor"]!["id"]!;
        var specs = await GetAsync($"flavors/{id}/os-extra_specs", "2.25");

        Assert.Null(server["flavor"]!["vcpus"]);
        Assert.IsType<JsonObject>(specs.Json["extra_specs"]);
    }

    [Fact]
    public async Task The_answer_names_the_microversion()
    {
        var answer = await GetAsync("servers/detail?limit=1", "2.61");

        Assert.Equal("compute 2.61", answer.Header("OpenStack-API-Version"));
    }

    [Fact]
    public async Task An_unknown_microversion_is_406()
    {
        Assert.Equal(406, (await GetAsync("servers/detail", "2.999")).Status);
    }

    [Fact]
    public async Task Times_are_utc_with_a_zone_for_creation_and_without_for_the_start()
    {
        var started = (await ServersAsync(SinceEver)).First(server => server["OS-SRV-USG:launched_at"] is not null);

        Assert.Matches(WithZone(), (string)started["created"]!);
        Assert.Matches(WithZone(), (string)started["updated"]!);
        Assert.Matches(WithoutZone(), (string)started["OS-SRV-USG:launched_at"]!);
    }

    [Fact]
    public async Task Servers_name_project_and_user()
    {
        Assert.All(
            await ServersAsync(SinceEver),
            server =>
            {
                Assert.Equal(Cloud.ProjectId, (string?)server["tenant_id"]);
                Assert.NotEmpty((string)server["user_id"]!);
            }
        );
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        Assert.Equal(401, (await Raw.GetAsync($"{Url}/servers/detail", token: null, Ct)).Status);
    }

    [Fact]
    public async Task An_unknown_server_is_404()
    {
        var answer = await GetAsync("servers/00000000-0000-4000-8000-000000000000");

        Assert.Equal(404, answer.Status);
        Assert.NotEmpty((string)answer.Json["itemNotFound"]!["message"]!);
    }

    [Fact]
    public async Task Every_answer_has_a_request_id()
    {
        Assert.StartsWith(
            "req-",
            (await GetAsync("servers/detail?limit=1")).Header("X-Openstack-Request-Id"),
            StringComparison.Ordinal
        );
    }

    private async Task<string> NewestAsync() => (string)(await GetAsync("")).Json["version"]!["version"]!;

    private Task<RawAnswer> GetAsync(string path, string? microversion = null)
    {
        (string, string)[] headers = microversion switch
        {
            null => [],
            "2.25" => [("X-OpenStack-Nova-API-Version", microversion)],
            _ => [("OpenStack-API-Version", $"compute {microversion}")],
        };
        return Raw.GetAsync($"{Url}/{path}", Token, Ct, headers);
    }

    private async Task<JsonNode> PageAsync(string query, string? microversion = null)
    {
        var answer = await GetAsync($"servers/detail?{query}", microversion);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return answer.Json;
    }

    private async Task<List<JsonNode>> ServersAsync(string query, string? microversion = null) =>
        [.. (await PageAsync(query, microversion))["servers"]!.AsArray().Select(server => server!)];

    private static List<string> Ids(IEnumerable<JsonNode> servers) =>
        [.. servers.Select(server => (string)server["id"]!)];

    private static string? NextMarker(JsonNode page)
    {
        var next = page["servers_links"]?.AsArray().FirstOrDefault(link => (string?)link!["rel"] == "next");
        return next is null ? null : Marker().Match((string)next["href"]!).Groups[1].Value;
    }

    [GeneratedRegex("[?&]marker=([^&]+)")]
    private static partial Regex Marker();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex WithZone();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")]
    private static partial Regex WithoutZone();
}
