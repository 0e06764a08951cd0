using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sync;

/// <summary>What a run costs in which nothing is new.</summary>
public sealed class SyncCostTests
{
    private const int Repositories = 20;
    private const int Tags = 10;
    private const int Vos = 40;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_without_news_takes_two_requests_an_image_and_one_a_repository(bool hasHarbor)
    {
        await using var site = await SyncSite.StartAsync(Vos);
        site.Registry.HasHarbor = hasHarbor;
        site.World.ImageTerms.KeptBytes = 0;
        for (var i = 0; i < Repositories * Tags; i++)
        {
            site.Registry.PushImage(
                $"vms/image{i % Repositories}",
                [$"{i}"],
                SandboxContent.Pattern(4096, i),
                mediaType: "application/x-raw-disk-image"
            );
        }
        site.Settings.Add("visibility: community");
        await site.GoodSyncAsync();
        Share(site);
        site.Settings.Clear();

        var run = await site.GoodSyncAsync();

        Assert.Empty(run.Actions);
        Assert.InRange(run.Requests, Repositories * Tags, (2 * Repositories * Tags) + Repositories + 20);
    }

    /// <summary>As if each VO had accepted each image; 16000 requests would do the same.</summary>
    private static void Share(SyncSite site)
    {
        var members = site.Vos.ToDictionary(vo => vo.Id, _ => "accepted");
        Assert.Equal(Repositories * Tags, site.Images.Count);
        foreach (var image in site.Images)
            site.World.Put(image with { Visibility = "shared", Members = members });
    }
}
