using System.Text;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.State;

namespace FedSite.Tests.Information;

/// <summary>Answers and files that are odd, but that happen.</summary>
public sealed class OddAnswersTests
{
    private static string Internal =>
        $"\"interface\":\"internal\",\"region_id\":\"{FederationSandbox.Region}\",\"url\":\"";

    private static SandboxOptions Small => new() { Servers = 12 };

    [Fact]
    public async Task An_extra_spec_without_value_costs_nothing()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.World.Put(Gpu("1"));
        site.Sandbox.Traffic.Fail(
            Rewritten(SandboxService.Nova, "\"Accelerator:Vendor\":\"NVIDIA\"", "\"Accelerator:Vendor\":null")
        );

        var accelerator = Assert.Single(Gpus(await site.ReadAsync()));

        Assert.Equal("UNKNOWN", accelerator.Text("Vendor"));
    }

    [Theory]
    [InlineData("0.5", "0.5")]
    [InlineData("1.0", "1")]
    [InlineData("2", "2")]
    [InlineData("0,5", "0")]
    [InlineData("1,000", "0")]
    [InlineData("two", "0")]
    [InlineData("-1", "0")]
    [InlineData("1e3", "0")]
    public async Task Accelerators_are_counted_by_plain_decimals(string told, string number)
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        site.World.Put(Gpu(told));

        Assert.Equal(number, Assert.Single(Gpus(await site.ReadAsync())).GetProperty("Number").GetRawText());
    }

    [Fact]
    public async Task Images_are_told_by_the_public_address_of_glance_whichever_the_account_uses()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var glance = site.Sandbox.GlanceUrl.AbsoluteUri.TrimEnd('/');
        var internals = glance.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value == "/v3/auth/tokens",
                Times = int.MaxValue,
                Status = 201,
                Rewrite = body => WithInternal(body, glance, internals),
            }
        );
        site.Account = site.Account! with { Interface = "internal" };

        var image = (await site.ReadAsync())
            .Class("CloudComputingImage")
            .First(one => one.Text("MarketplaceURL").EndsWith("/file", StringComparison.Ordinal));

        Assert.StartsWith(glance, image.Text("MarketplaceURL"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_never_comes_costs_the_projects_behind_nothing_else()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 14 });
        site.Time = new FastTime();
        site.Information = site.Information with { Parallel = 1 };
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path.Value!.Contains("os-quota-sets", StringComparison.Ordinal),
                Kind = FaultKind.Stall,
                Times = int.MaxValue,
            }
        );

        var document = await site.ReadAsync();

        await site.Sandbox.Traffic.StopFailingAsync();
        Assert.Equal(14, document.Class("Share").Count);
        Assert.All(document.Class("Share"), share => Assert.Equal(["compute-quota"], share.FailedParts()));
    }

    [Fact]
    public async Task A_document_is_made_though_nothing_can_be_remembered()
    {
        await using var site = await InformationSite.StartAsync(Small);
        using (var connection = site.State.Connect())
            connection.Execute("drop table information_share");

        Assert.True((await site.MakeAsync()).IsComplete);
    }

    private static SandboxFault Rewritten(SandboxService service, string from, string to) =>
        new()
        {
            Service = service,
            Times = int.MaxValue,
            Status = 200,
            Rewrite = body =>
                Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(from, to, StringComparison.Ordinal)),
        };

    private static byte[] WithInternal(byte[] token, string url, string other) =>
        Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(token).Replace($"{Internal}{url}", $"{Internal}{other}", StringComparison.Ordinal)
        );

    private static IEnumerable<JsonElement> Gpus(JsonElement document) =>
        document.Class("CloudComputingVirtualAccelerator").Where(accelerator => accelerator.Text("ID") == "odd_gpu");

    private static SandboxFlavor Gpu(string number) =>
        new()
        {
            Id = "odd",
            Name = "odd",
            Vcpus = 1,
            Ram = 512,
            Disk = 1,
            IsPublic = true,
            ExtraSpecs = new Dictionary<string, string>
            {
                ["Accelerator:Number"] = number,
                ["Accelerator:Vendor"] = "NVIDIA",
            },
        };

    /// <summary>All limits and waits a hundred times as short, so that they end in their true order.</summary>
    private sealed class FastTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / 100, period);
    }
}
