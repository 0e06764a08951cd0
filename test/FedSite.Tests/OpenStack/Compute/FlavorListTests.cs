using System.Text.Json;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.OpenStack.Compute;

public sealed class FlavorListTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_cloud_gives_the_same_flavors_at_the_price_of_a_request_each()
    {
        await using var old = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 60, MaxLimit = 5 });
        await using var recent = await TestCloud.StartAsync();
        var expected = (await FlavorsAsync(recent)).Select(Describe).ToList();

        Assert.Equal(expected, (await FlavorsAsync(old)).Select(Describe));
        Assert.Contains(expected, text => text.Contains("Accelerator:Number=0.5", StringComparison.Ordinal));
        // The versions, the flavors, and three pages.
        Assert.Equal(1 + expected.Count + 3, old.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Fact]
    public async Task A_recent_cloud_is_asked_once_for_all_flavors()
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { Flavors = 40 });

        Assert.Equal(40, (await FlavorsAsync(cloud)).Count);
        Assert.Equal(2, cloud.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_flavor_whose_extra_specs_an_old_cloud_does_not_show_is_listed_without(int status)
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 60 });
        cloud.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path.Value!.EndsWith("/os-extra_specs", StringComparison.Ordinal),
                Status = status,
                Body = "{}",
            }
        );
        var flavors = await FlavorsAsync(cloud);

        Assert.Equal(12, flavors.Count);
        Assert.Single(flavors, flavor => flavor.Item!.ExtraSpecs is null);
    }

    [Fact]
    public async Task A_flavor_that_is_switched_off_is_shown_to_admins_as_such()
    {
        await using var cloud = await TestCloud.StartAsync();
        var off = cloud.Sandbox.World.Flavors.First() with { Disabled = true };
        cloud.Sandbox.World.Put(off);
        var admin = cloud.Connect(
            cloud.Credentials with
            {
                Username = cloud.Sandbox.World.Admin.Name,
                Password = CloudWorld.Password,
            }
        );
        var all = await admin
            .Compute.ListAllFlavorsAsync(cloud.Sandbox.World.AdminProject.Id, Ct)
            .Select(listed => listed.Item!)
            .ToListAsync(Ct);

        Assert.Equal(off.Id, Assert.Single(all, flavor => flavor.Disabled).Id);
        Assert.DoesNotContain(await FlavorsAsync(cloud), listed => listed.Item!.Id == off.Id);
    }

    [Fact]
    public async Task The_newest_version_is_told_even_when_an_older_one_is_used()
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 100 });
        var compute = cloud.Connect().Compute;

        Assert.Equal("2.100", await compute.NewestVersionAsync(cloud.ProjectId, Ct));
        Assert.Equal("2.96", await compute.NegotiateAsync(cloud.ProjectId, Ct));
        Assert.Equal(1, cloud.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Theory]
    [InlineData("\"\"", 0)]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    public void Swap_is_a_number_or_an_empty_text(string swap, long expected)
    {
        var flavor = Read($$"""{"id": "1", "name": "m1", "swap": {{swap}}}""");

        Assert.Equal(expected, flavor.SwapMiB);
    }

    [Fact]
    public void A_flavor_that_says_nothing_else_is_public_and_usable()
    {
        Assert.True(Read("""{"id": "1", "name": "m1"}""") is { IsPublic: true, Disabled: false, ExtraSpecs: null });
    }

    [Theory]
    [InlineData("""{"name": "without id"}""")]
    [InlineData("""{"id": "1", "name": "m1", "swap": "much"}""")]
    [InlineData("""{"id": "1", "name": "m1", "vcpus": "two"}""")]
    public void What_is_no_flavor_is_not_taken_for_one(string json)
    {
        Assert.Throws<JsonException>(() => Read(json));
    }

    private static ListedFlavor Read(string json) =>
        JsonSerializer.Deserialize(json, ComputeJson.Default.ListedFlavor)!;

    private static Task<List<Listed<ListedFlavor>>> FlavorsAsync(TestCloud cloud) =>
        cloud.Connect().Compute.ListAllFlavorsAsync(cloud.ProjectId, Ct).ToListAsync(Ct).AsTask();

    private static string Describe(Listed<ListedFlavor> listed) =>
        $"{listed.Item!.Id} {listed.Item.Name} {listed.Item.Vcpus} {listed.Item.RamMiB} {listed.Item.DiskGiB}"
        + $" {listed.Item.EphemeralGiB} {listed.Item.SwapMiB} {listed.Item.IsPublic}"
        + $" {string.Join(',', listed.Item.ExtraSpecs!.Select(spec => $"{spec.Key}={spec.Value}"))}";
}
