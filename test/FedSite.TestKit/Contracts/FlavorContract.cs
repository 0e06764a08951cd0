using System.Text.Json.Nodes;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Nova's flavors.</summary>
public abstract class FlavorContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    [Theory]
    [InlineData("flavors")]
    [InlineData("flavors/detail")]
    [InlineData("flavors?is_public=None")]
    [InlineData("flavors?is_public=False")]
    [InlineData("flavors?is_public=nonsense")]
    public async Task A_plain_account_sees_public_flavors_and_private_ones_of_its_project(string path)
    {
        var ids = Ids(await FlavorsAsync(path, Token));

        Assert.True(ids.Count > 1);
        Assert.Contains(Cloud.Content.ReservedFlavor, ids);
        Assert.DoesNotContain(Cloud.Content.ForeignFlavor, ids);
    }

    [Fact]
    public async Task An_admin_sees_all_flavors_with_is_public_none()
    {
        var ids = Ids(await FlavorsAsync("flavors/detail?is_public=None", await AdminTokenAsync()));

        Assert.Contains(Cloud.Content.ReservedFlavor, ids);
        Assert.Contains(Cloud.Content.ForeignFlavor, ids);
        Assert.Empty(Ids(await FlavorsAsync("flavors", Token)).Except(ids));
    }

    [Fact]
    public async Task An_admin_sees_without_is_public_what_a_plain_account_of_its_project_would()
    {
        var flavors = await FlavorsAsync("flavors/detail", await AdminTokenAsync());

        Assert.All(flavors, flavor => Assert.True((bool)flavor["os-flavor-access:is_public"]!));
    }

    [Fact]
    public async Task An_admin_who_asks_for_those_that_are_not_public_sees_private_ones()
    {
        var flavors = await FlavorsAsync("flavors/detail?is_public=False", await AdminTokenAsync());

        Assert.Contains(Cloud.Content.ForeignFlavor, Ids(flavors));
        Assert.All(flavors, flavor => Assert.False((bool)flavor["os-flavor-access:is_public"]!));
    }

    [Fact]
    public async Task Flavors_come_ordered_by_id_and_in_pages_by_marker()
    {
        var paged = new List<string>();
        for (var path = "flavors?limit=1"; ; path = $"flavors?limit=1&marker={paged[^1]}")
        {
            var page = Ids(await FlavorsAsync(path, Token));
            if (page.Count == 0)
            {
                break;
            }
            paged.AddRange(page);
        }

        Assert.Equal(paged.Order(StringComparer.Ordinal), paged);
        Assert.Equal(Ids(await FlavorsAsync("flavors", Token)), paged);
    }

    [Theory]
    [InlineData("2.60", false)]
    [InlineData("2.61", true)]
    public async Task The_list_has_extra_specs_from_2_61_on(string microversion, bool has)
    {
        Assert.All(
            await FlavorsAsync("flavors/detail", Token, microversion),
            flavor => Assert.Equal(has, flavor.AsObject().ContainsKey("extra_specs"))
        );
    }

    [Theory]
    [InlineData("2.74", "\"\"")]
    [InlineData("2.75", "0")]
    public async Task No_swap_is_an_empty_text_before_2_75(string microversion, string swap)
    {
        var flavors = await FlavorsAsync("flavors/detail", Token, microversion);
        var reserved = flavors.Single(flavor => (string?)flavor["id"] == Cloud.Content.ReservedFlavor);

        Assert.Equal(swap, reserved["swap"]!.ToJsonString());
        Assert.False((bool)reserved["os-flavor-access:is_public"]!);
        Assert.False((bool)reserved["OS-FLV-DISABLED:disabled"]!);
        Assert.All(
            ["vcpus", "ram", "disk", "OS-FLV-EXT-DATA:ephemeral"],
            name => Assert.True((int)reserved[name]! >= 0)
        );
    }

    [Fact]
    public async Task Extra_specs_of_a_flavor_of_others_are_404()
    {
        var own = await GetAsync($"flavors/{Cloud.Content.ReservedFlavor}/os-extra_specs", Token);
        var foreign = await GetAsync($"flavors/{Cloud.Content.ForeignFlavor}/os-extra_specs", Token);

        Assert.Equal("true", (string?)own.Json["extra_specs"]!["infiniband"]);
        Assert.Equal(404, foreign.Status);
    }

    [Fact]
    public async Task The_client_lists_all_flavors_to_an_admin_and_ids_of_usable_ones_to_a_plain_account()
    {
        using var admin = Connect(Cloud.Admin);
        using var plain = Connect(Cloud.Plain);
        var project = await AdminProjectAsync();
        var all = await admin.Compute.ListAllFlavorsAsync(project, Ct).ToListAsync(Ct);
        var usable = await plain.Compute.ListFlavorIdsAsync(Cloud.ProjectId, Ct);
        var seen = await plain.Compute.ListAllFlavorsAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);

        Assert.All(all, listed => Assert.Null(listed.Fault));
        Assert.Contains(all, listed => listed.Item!.Id == Cloud.Content.ForeignFlavor && !listed.Item.IsPublic);
        Assert.Contains(all, listed => listed.Item is { IsPublic: true, Vcpus: > 0, RamMiB: > 0, DiskGiB: > 0 });
        Assert.Contains(all, listed => listed.Item!.ExtraSpecs?.ContainsKey("infiniband") == true);
        Assert.Contains(Cloud.Content.ReservedFlavor, usable);
        Assert.DoesNotContain(Cloud.Content.ForeignFlavor, usable);
        Assert.Equal(usable, seen.Select(listed => listed.Item!.Id));
        Assert.DoesNotContain(Cloud.Content.ReservedFlavor, await admin.Compute.ListFlavorIdsAsync(project, Ct));
    }

    [Fact]
    public async Task One_version_document_tells_the_newest_version_and_the_one_to_use()
    {
        using var plain = Connect(Cloud.Plain);
        var document = (await GetAsync("", Token)).Json["version"]!;
        var newest = await plain.Compute.NewestVersionAsync(Cloud.ProjectId, Ct);
        var before = plain.Requests;
        await plain.Compute.NegotiateAsync(Cloud.ProjectId, Ct);

        Assert.Equal((string?)document["version"], newest);
        Assert.Equal(before, plain.Requests);
    }

    private OpenStackCloud Connect(ContractAccount account) =>
        OpenStackCloud.Connect(Cloud.Credentials(account), TimeProvider.System, NullLoggerFactory.Instance);

    private Task<RawAnswer> GetAsync(string path, string token, string microversion = "2.90") =>
        Raw.GetAsync($"{Url}/{path}", token, Ct, ("OpenStack-API-Version", $"compute {microversion}"));

    private async Task<List<JsonNode>> FlavorsAsync(string path, string token, string microversion = "2.90")
    {
        var answer = await GetAsync(path, token, microversion);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return [.. answer.Json["flavors"]!.AsArray().Select(flavor => flavor!)];
    }

    private static List<string> Ids(IEnumerable<JsonNode> flavors) =>
        [.. flavors.Select(flavor => (string)flavor["id"]!)];
}
