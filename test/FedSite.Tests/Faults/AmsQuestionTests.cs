using System.Text.Json;
using FedSite.Sandbox;
using FedSite.Sandbox.Ams;
using FedSite.TestKit;

namespace FedSite.Tests.Faults;

/// <summary>What is asked of AMS besides publishing: whose the token is, and whether a topic is in order.</summary>
public sealed class AmsQuestionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Ways to fail for good.</summary>
    public static TheoryData<string> Lasting =>
        [.. FaultCase.Common.Where(f => f.Fault.Times == int.MaxValue && f.StatusCode is not 401).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_profile_that_does_not_come_is_a_finding_and_no_crash(string fault)
    {
        await using var site = await FaultSite.StartAsync();
        var profile = new FaultCall("profile", SandboxService.Ams, "/v1/users/profile", (_, _) => true);
        site.Fail(FaultCase.All.Single(f => f.Name == fault).On(site, profile));

        var run = await site.RunAsync("check --only messaging");

        Assert.True(site.Failures > 0);
        site.AssertSound(run);
        Assert.Equal((ExitCode.Failed, "Error"), (run.Exit, TokenIn(run)));
        await site.StopFailingAsync();
        Assert.Equal("Ok", TokenIn(await site.RunAsync("check --only messaging")));
    }

    /// <summary>A message that is refused is put aside only when the topic is known to be in order.</summary>
    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_message_is_not_set_aside_while_its_topic_can_not_be_asked_for(string fault)
    {
        await using var site = await FaultSite.StartAsync();
        var messages = site.Messaging;
        var name = await messages.EnqueueAsync("APEL-cloud-message: v0.4\nVMUUID: a\n", Stop);
        messages.Ams.Trouble(new AmsTrouble { Status = 400 });
        var topic = new FaultCall("topic", SandboxService.Ams, "/topics/", (_, r) => r.Method == "GET");
        site.Fail(FaultCase.All.Single(f => f.Name == fault).On(site, topic));

        var run = await site.RunAsync("messages send");

        Assert.True(site.Failures > 0);
        site.AssertSound(run);
        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Equal([name], messages.Queue.Spool.List());
        await site.StopFailingAsync();
        Assert.Equal(ExitCode.Done, (await site.RunAsync("messages send")).Exit);
        Assert.Single(messages.DeliveredTexts);
    }

    private static string? TokenIn(FaultRun run)
    {
        using var report = JsonDocument.Parse(run.Output);
        var findings = report.RootElement.GetProperty("findings").EnumerateArray();
        return findings
            .First(f => f.GetProperty("id").GetString() is "FS-AMS-002" or "FS-AMS-003")
            .GetProperty("severity")
            .GetString();
    }
}
