using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Cinder.</summary>
public abstract partial class CinderContract(ContractCloud cloud) : ServiceContract(cloud, "volumev3")
{
    private const string MigrationStatus = "os-vol-mig-status-attr:migstat";

    [Fact]
    public async Task Volumes_tell_project_owner_size_state_and_type()
    {
        var volumes = await VolumesAsync();

        Assert.All(
            volumes,
            volume =>
            {
                Assert.Equal(Cloud.ProjectId, (string?)volume["os-vol-tenant-attr:tenant_id"]);
                Assert.NotEmpty((string)volume["user_id"]!);
                Assert.NotEqual(0, (int)volume["size"]!);
                Assert.Matches("^[a-z-]+$", (string)volume["status"]!);
            }
        );
        Assert.NotEqual(1, volumes.Select(volume => (string?)volume["volume_type"]).Distinct().Count());
    }

    [Fact]
    public async Task Times_have_microseconds_and_no_zone()
    {
        Assert.All(await VolumesAsync(), volume => Assert.Matches(WithoutZone(), (string)volume["created_at"]!));
    }

    [Fact]
    public async Task A_volume_may_have_no_name()
    {
        Assert.Contains(await VolumesAsync(), volume => string.IsNullOrEmpty((string?)volume["name"]));
    }

    [Theory]
    [InlineData(0, "available")]
    [InlineData(1, "in-use")]
    [InlineData(2, "in-use")]
    public async Task A_volume_is_attached_to_no_one_or_several_servers(int servers, string status)
    {
        var volumes = (await VolumesAsync())
            .Where(volume => volume["attachments"]!.AsArray().Count == servers)
            .ToList();

        Assert.Contains(volumes, volume => (string?)volume["status"] == status);
        Assert.All(
            volumes.SelectMany(volume => volume["attachments"]!.AsArray()),
            attachment => Assert.True(Guid.TryParse((string?)attachment!["server_id"], out _))
        );
    }

    [Fact]
    public async Task A_deleted_volume_is_shown_to_nobody()
    {
        var admin = await AdminTokenAsync();
        var url = await AdminUrlAsync();

        Assert.DoesNotContain(Cloud.DeletedVolumeId, Ids(await VolumesAsync()));
        Assert.DoesNotContain(
            Cloud.DeletedVolumeId,
            Ids(await VolumesAsync($"{url}/volumes/detail?all_tenants=1", admin))
        );
        Assert.Equal(404, (await Raw.GetAsync($"{url}/volumes/{Cloud.DeletedVolumeId}", admin, Ct)).Status);
    }

    [Fact]
    public async Task The_marker_of_a_volume_that_was_deleted_meanwhile_is_404()
    {
        var answer = await Raw.GetAsync($"{Url}/volumes/detail?marker={Cloud.DeletedVolumeId}", Token, Ct);

        Assert.Equal(404, answer.Status);
        Assert.Contains(
            Cloud.DeletedVolumeId,
            (string?)answer.Json["itemNotFound"]!["message"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_projects_volumes_are_shown_to_an_admin_who_asks_for_all_tenants()
    {
        var url = $"{await AdminUrlAsync()}/volumes/detail";
        var token = await AdminTokenAsync();
        var own = await VolumesAsync(url, token);
        var every = await VolumesAsync($"{url}?all_tenants=1", token);
        var foreign = every.First(v => (string?)v["os-vol-tenant-attr:tenant_id"] == Cloud.OtherProjectId);

        Assert.Empty(own);
        Assert.Contains(every, v => (string?)v["os-vol-tenant-attr:tenant_id"] == Cloud.ProjectId);
        Assert.Equal(404, (await Raw.GetAsync($"{Url}/volumes/{(string?)foreign["id"]}", Token, Ct)).Status);
    }

    [Fact]
    public async Task A_url_with_another_project_than_the_tokens_is_400()
    {
        var answer = await Raw.GetAsync($"{Root}/{Cloud.OtherProjectId}/volumes/detail", Token, Ct);

        Assert.Equal(400, answer.Status);
        Assert.Equal("Malformed request url", (string?)answer.Json["badRequest"]!["message"]);
    }

    [Fact]
    public async Task An_unknown_filter_is_nothing_to_a_plain_account_and_shows_an_admin_nothing()
    {
        var filter = "changes-since=2000-01-01T00:00:00Z";
        var plain = await VolumesAsync($"{Url}/volumes/detail?{filter}", Token);
        var admin = await VolumesAsync(
            $"{await AdminUrlAsync()}/volumes/detail?all_tenants=1&{filter}",
            await AdminTokenAsync()
        );

        Assert.Equal(Ids(await VolumesAsync()), Ids(plain));
        Assert.Empty(admin);
    }

    [Fact]
    public async Task The_copy_that_a_migration_makes_is_shown_to_admins_alone()
    {
        var every = await VolumesAsync(
            $"{await AdminUrlAsync()}/volumes/detail?all_tenants=1",
            await AdminTokenAsync()
        );
        var copy = every.Single(v => v[MigrationStatus] is not null);
        var plain = await VolumesAsync();

        Assert.StartsWith("target:", (string?)copy[MigrationStatus], StringComparison.Ordinal);
        Assert.Equal(Cloud.ProjectId, (string?)copy["os-vol-tenant-attr:tenant_id"]);
        Assert.DoesNotContain((string?)copy["id"], Ids(plain));
        Assert.All(plain, volume => Assert.False(volume.AsObject().ContainsKey(MigrationStatus)));
    }

    [Fact]
    public async Task Pages_follow_each_other_by_marker_and_make_up_the_whole()
    {
        var paged = new List<JsonNode>();
        for (string? next = $"{Url}/volumes/detail?limit=2"; next is not null; )
        {
            var page = await GetPageAsync(next, Token);
            paged.AddRange(page["volumes"]!.AsArray().Select(volume => volume!));
            next = Next(page);
        }

        Assert.Equal(Ids(await VolumesAsync()), Ids(paged));
    }

    [Fact]
    public async Task A_full_page_has_a_next_link_with_its_last_id_as_marker_and_after_the_last_comes_an_empty_one()
    {
        var count = (await VolumesAsync()).Count;
        var page = await GetPageAsync($"{Url}/volumes/detail?limit={count}", Token);
        var after = await GetPageAsync(Next(page)!, Token);

        Assert.Contains($"marker={(string?)page["volumes"]![count - 1]!["id"]}", Next(page), StringComparison.Ordinal);
        Assert.Empty(after["volumes"]!.AsArray());
        Assert.Null(Next(after));
    }

    [Fact]
    public async Task A_limit_above_the_services_own_is_cut_not_refused()
    {
        Assert.Equal(Ids(await VolumesAsync()), Ids(await VolumesAsync($"{Url}/volumes/detail?limit=100000", Token)));
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        var answer = await Raw.GetAsync($"{Url}/volumes/detail", token: null, Ct);

        Assert.Equal(401, answer.Status);
        Assert.StartsWith("Keystone uri=", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Equal(401, (int)answer.Json["error"]!["code"]!);
    }

    [Fact]
    public async Task The_root_lists_version_3_to_everybody()
    {
        var answer = await Raw.GetAsync($"{Root[..^3]}/", token: null, Ct);

        Assert.Equal(300, answer.Status);
        Assert.Equal("v3.0", (string?)Assert.Single(answer.Json["versions"]!.AsArray())!["id"]);
    }

    /// <summary>With <c>/v3</c> and without a project.</summary>
    private string Root => Url[..Url.LastIndexOf('/')];

    private async Task<string> AdminUrlAsync() => $"{Root}/{await AdminProjectAsync()}";

    private Task<List<JsonNode>> VolumesAsync() => VolumesAsync($"{Url}/volumes/detail", Token);

    private async Task<List<JsonNode>> VolumesAsync(string url, string token) =>
        [.. (await GetPageAsync(url, token))["volumes"]!.AsArray().Select(volume => volume!)];

    private static List<string> Ids(IEnumerable<JsonNode> volumes) =>
        [.. volumes.Select(volume => (string)volume["id"]!)];

    private static string? Next(JsonNode page) => (string?)page["volumes_links"]?[0]!["href"];

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")]
    private static partial Regex WithoutZone();
}
