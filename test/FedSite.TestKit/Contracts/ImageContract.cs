using System.Text.Json.Nodes;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Which images Glance shows to whom.</summary>
public abstract class ImageContract(ContractCloud cloud) : ServiceContract(cloud, "image")
{
    [Fact]
    public async Task Without_filters_a_project_sees_its_own_accepted_and_public_images_but_no_others_community_images()
    {
        var seen = await SeenAsync("", Token);

        Assert.Equal(["private", "ownShared", "shared", "queued"], seen);
    }

    [Fact]
    public async Task The_owner_filter_lists_all_that_a_project_has_whatever_its_visibility()
    {
        var images = await ImagesAsync($"owner={Cloud.ProjectId}", Token);

        Assert.Equal(["private", "ownShared"], Keys(images));
        Assert.All(images, image => Assert.Equal(Cloud.ProjectId, (string?)image["owner"]));
    }

    [Fact]
    public async Task The_owner_filter_with_a_project_of_others_lists_what_is_shared_by_it()
    {
        Assert.Equal(["shared"], await SeenAsync($"owner={Cloud.OtherProjectId}", Token));
    }

    [Theory]
    [InlineData("visibility=shared", new[] { "ownShared", "shared" })]
    [InlineData("visibility=shared&member_status=accepted", new[] { "ownShared", "shared" })]
    [InlineData("visibility=shared&member_status=pending", new[] { "ownShared", "offered" })]
    [InlineData("visibility=shared&member_status=all", new[] { "ownShared", "shared", "offered" })]
    [InlineData("visibility=private", new[] { "private" })]
    [InlineData("visibility=community", new[] { "community" })]
    [InlineData("visibility=public", new[] { "queued" })]
    [InlineData("visibility=all", new[] { "private", "ownShared", "shared", "community", "queued" })]
    public async Task Visibility_and_membership_choose_images_of_others_and_own_ones_alike(
        string query,
        string[] expected
    )
    {
        Assert.Equal(expected, await SeenAsync(query, Token));
    }

    [Fact]
    public async Task An_admin_sees_all_shared_images_whoever_accepted_them()
    {
        var token = await AdminTokenAsync();

        Assert.Equal(
            ["ownShared", "shared", "offered"],
            await SeenAsync("visibility=shared&member_status=accepted", token)
        );
        Assert.Equal(["private"], await SeenAsync("visibility=private", token));
        Assert.Equal(["private", "ownShared"], await SeenAsync($"owner={Cloud.ProjectId}", token));
    }

    [Theory]
    [InlineData("os_hidden=true", new[] { "hidden" })]
    [InlineData("os_hidden=true&visibility=public", new[] { "hidden" })]
    [InlineData("os_hidden=false&visibility=public", new[] { "queued" })]
    public async Task Hidden_images_are_in_lists_of_hidden_ones_alone(string query, string[] expected)
    {
        Assert.Equal(expected, await SeenAsync(query, Token));
    }

    [Fact]
    public async Task An_image_without_data_is_queued_and_has_neither_size_nor_sums()
    {
        var queued = await ImagesAsync("status=queued&visibility=public", Token);
        var active = await ImagesAsync("status=active", Token);
        var image = queued.Single(image => (string?)image["id"] == Cloud.Content.QueuedImage);

        Assert.All(["size", "checksum", "os_hash_algo", "os_hash_value"], name => Assert.Null(image[name]));
        Assert.DoesNotContain("queued", Keys(active));
        Assert.All(active, image => Assert.Equal("sha512", (string?)image["os_hash_algo"]));
    }

    [Theory]
    [InlineData("visibility=nonsense")]
    [InlineData("member_status=nonsense")]
    [InlineData("os_hidden=nonsense")]
    public async Task What_a_filter_does_not_know_is_400(string query)
    {
        Assert.Equal(400, (await Raw.GetAsync($"{Url}/v2/images?{query}", Token, Ct)).Status);
    }

    [Fact]
    public async Task A_private_image_of_others_is_404()
    {
        var token = await Raw.TokenAsync(Cloud.Accounting, RawCloud.ProjectScope(Cloud.OtherProjectId), Ct);

        Assert.Equal(404, (await Raw.GetAsync($"{Url}/v2/images/{Cloud.Content.PrivateImage}", token, Ct)).Status);
    }

    [Fact]
    public async Task The_client_lists_images_with_all_their_facts()
    {
        using var client = OpenStackCloud.Connect(
            Cloud.Credentials(Cloud.Plain),
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        var own = await client
            .Image.ListImagesAsync(Cloud.ProjectId, new ImageQuery { Owner = Cloud.ProjectId }, Ct)
            .ToListAsync(Ct);
        var hidden = await client
            .Image.ListImagesAsync(
                Cloud.ProjectId,
                new ImageQuery
                {
                    Visibility = "public",
                    Status = "active",
                    Hidden = true,
                },
                Ct
            )
            .ToListAsync(Ct);
        var pending = await client
            .Image.ListImagesAsync(
                Cloud.ProjectId,
                new ImageQuery { Visibility = "shared", MemberStatus = "pending" },
                Ct
            )
            .ToListAsync(Ct);
        var image = own.Single(image => image.Id == Cloud.Content.PrivateImage);

        Assert.Equal(("private", "active", Cloud.ProjectId), (image.Visibility, image.Status, image.Owner));
        Assert.Equal(("qcow2", "bare", "sha512"), (image.DiskFormat, image.ContainerFormat, image.HashAlgo));
        Assert.Equal(128, image.HashValue!.Length);
        Assert.True(image is { Size: > 0, Hidden: false, Name: not null, Tags: [] });
        Assert.True(image.Created > DateTimeOffset.UnixEpoch && image.Updated >= image.Created);
        Assert.True(image.Properties.ContainsKey("file"));
        Assert.True(Assert.Single(hidden).Hidden);
        Assert.Contains(pending, image => image.Id == Cloud.Content.OfferedImage);
    }

    private async Task<List<string>> SeenAsync(string query, string token) => Keys(await ImagesAsync(query, token));

    private async Task<List<JsonNode>> ImagesAsync(string query, string token)
    {
        var page = await GetPageAsync($"{Url}/v2/images?limit=1000&{query}", token);
        return [.. page["images"]!.AsArray().Select(image => image!)];
    }

    /// <summary>Those of the contract, in a fixed order.</summary>
    private List<string> Keys(List<JsonNode> images)
    {
        var content = Cloud.Content;
        (string Key, string Id)[] known =
        [
            ("private", content.PrivateImage),
            ("ownShared", content.OwnSharedImage),
            ("shared", content.SharedImage),
            ("offered", content.OfferedImage),
            ("community", content.CommunityImage),
            ("hidden", content.HiddenImage),
            ("queued", content.QueuedImage),
        ];
        var ids = images.Select(image => (string)image["id"]!).ToHashSet(StringComparer.Ordinal);
        return [.. known.Where(image => ids.Contains(image.Id)).Select(image => image.Key)];
    }
}
