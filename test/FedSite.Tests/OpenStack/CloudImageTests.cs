using System.Text.Json;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using FedSite.Sandbox;

namespace FedSite.Tests.OpenStack;

public sealed class CloudImageTests
{
    [Fact]
    public void Custom_properties_stay_apart_from_the_known_ones()
    {
        var image = Read(
            """{"id": "1", "status": "active", "os_hidden": true, "ad:mpuri": "https://x/", "os_distro": "debian"}"""
        );

        Assert.Equal(("active", true), (image.Status, image.Hidden));
        Assert.Equal(["ad:mpuri", "os_distro"], image.Properties.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("https://x/", image.Properties["ad:mpuri"].TextOrNull());
    }

    [Fact]
    public void An_image_that_nobody_uploaded_has_no_size()
    {
        var image = Read(
            """
            {"id": "1", "name": null, "status": "queued", "size": null, "disk_format": null, "container_format": null,
             "os_hash_algo": null, "os_hash_value": null, "owner": null, "tags": null, "visibility": null}
            """
        );

        Assert.True(image is { Size: null, DiskFormat: null, HashValue: null, Tags: [], Visibility: "" });
    }

    [Theory]
    [InlineData("\"2026-09-27T05:26:28Z\"", "2026-09-27T05:26:28Z")]
    [InlineData("\"yesterday\"", null)]
    [InlineData("{\"is\": [1]}", null)]
    [InlineData("null", null)]
    public void A_time_that_is_not_understood_is_not_known(string time, string? expected)
    {
        var image = Read($$"""{"id": "1", "created_at": {{time}}, "updated_at": {{time}}, "min_disk": 5}""");

        Assert.Equal(expected, image.Created?.ToString("yyyy-MM-ddTHH:mm:ssZ", null));
        Assert.Equal(image.Created, image.Updated);
        Assert.Equal(5, image.MinDiskGiB);
    }

    [Fact]
    public void A_query_without_filters_asks_for_nothing() => Assert.Equal("", new ImageQuery().ToQuery());

    [Fact]
    public void All_filters_go_into_the_query()
    {
        var query = new ImageQuery
        {
            Visibility = "shared",
            Owner = "a b",
            Status = "active",
            Hidden = false,
            MemberStatus = "all",
        };

        Assert.Equal("&visibility=shared&owner=a%20b&status=active&os_hidden=false&member_status=all", query.ToQuery());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(200)]
    public async Task A_sandbox_has_as_many_images_as_are_asked_for(int count)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { Images = count });
        var query = new ImageQuery { Visibility = "all" };

        Assert.Equal(count, await cloud.Connect().Image.ListImagesAsync(cloud.ProjectId, query, ct).CountAsync(ct));
        Assert.Equal(20, (await cloud.ServersAsync(cloud.Connect(), DateTimeOffset.UnixEpoch)).Count);
    }

    private static CloudImage Read(string json) => JsonSerializer.Deserialize(json, ImageJson.Default.CloudImage)!;
}
