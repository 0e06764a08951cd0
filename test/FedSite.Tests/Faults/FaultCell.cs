using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Tests.Faults;

/// <summary>
/// One call and one way to fail: a good run, a run with the fault, a good run. Whatever the second one came to, it must
/// have told so, and after the third one nothing is missing.
/// </summary>
internal sealed class FaultCell(FaultSite site, FaultCall call, FaultCase fault, IReadOnlyList<Repository> undisturbed)
{
    // What may be missing from a record when the account may not read it; a warning says so.
    private static readonly string[] Names = ["GlobalUserName", "ImageId", "UserIdentity"];

    /// <summary>What the run with the fault came to.</summary>
    public static async Task<string> OutcomeAsync(FaultCall call, FaultCase fault)
    {
        var undisturbed = await Undisturbed.GetAsync();
        await using var site = await FaultSite.StartAsync();
        return await new FaultCell(site, call, fault, undisturbed).RunAsync();
    }

    private async Task<string> RunAsync()
    {
        await site.GoodRunAsync();
        site.LiveOn(1);
        call.Prepare(site);
        site.Fail(fault.On(site, call));
        var first = await site.RunAsync("accounting publish");
        Assert.True(site.Failures > 0, $"Nothing was hit.\n{first}");
        await site.StopFailingAsync();
        try
        {
            AssertHonest(first);
            AssertStateIsTrue(first);
            var outcome = Outcome(first);
            await site.TakeBackSetAsideAsync();
            site.LiveOn(2);
            await AssertRecoveredAsync(outcome);
            return outcome;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{call} × {fault}: {e.Message}\n{first}", e);
        }
    }

    private string Outcome(FaultRun run)
    {
        var failed = run.Projects.Where(p => FaultRun.ErrorOf(p) is not null).ToList();
        var kinds = failed.Select(p => p.GetProperty("kind").GetString()).Distinct().ToList();
        var setAside = run.Sending.Sum(q => q.GetProperty("setAside").GetArrayLength());
        var left = run.Sending.Sum(q => q.GetProperty("left").GetInt32());
        var (exit, outcome) = run switch
        {
            { Extraction: null } => (ExitCode.Failed, "run failed"),
            _ when failed.Count > 0 && failed.Count == run.Projects.Count => (ExitCode.Failed, "all projects failed"),
            _ when kinds.Count == FaultSite.Kinds.Count => (ExitCode.Partly, "project failed"),
            _ when kinds.Count > 0 => (ExitCode.Partly, $"{string.Join(", ", kinds)} failed"),
            { NotAccounted.Count: > 0 } => (ExitCode.Partly, "project left out"),
            { Quarantined: > 0 } => (ExitCode.Partly, "records quarantined"),
            _ when setAside > 0 => (ExitCode.Failed, "set aside"),
            _ when left > 0 || run.Sending.Count == 0 => (ExitCode.Failed, "not sent"),
            _ when IsComplete([]) => (ExitCode.Done, "complete"),
            _ => (ExitCode.Done, "names missing"),
        };
        Assert.Equal(exit, run.Exit);
        Assert.Equal(fault.IsHostile ? Hostile.Quarantined(call.List!) : 0, run.Quarantined);
        if (outcome is "names missing")
        {
            Assert.True(IsComplete(Names));
            // A user who is gone is nothing to warn of.
            Assert.Equal(fault.StatusCode != 404, run.Error.Contains("warning", StringComparison.Ordinal));
        }
        return outcome;
    }

    private bool IsComplete(string[] without) =>
        Repository.Load(site.Messaging.DeliveredTexts).Texts(without).SequenceEqual(undisturbed[1].Texts(without));

    /// <summary>Errors say who, where and what.</summary>
    private void AssertHonest(FaultRun run)
    {
        site.AssertSound(run);
        if (run.Exit is ExitCode.Done)
        {
            Assert.Empty(run.Complaints);
        }
        else if (run.Quarantined == 0 && run.NotAccounted.Count == 0)
        {
            Assert.Contains(run.Complaints, Tells);
        }
    }

    private bool Tells(string complaint) =>
        call.IsNamedBy(complaint, site, fault)
        && (
            fault.StatusCode is not { } status
            || complaint.Contains(status.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        );

    /// <summary>A window is good where and only where all of its records were queued.</summary>
    private void AssertStateIsTrue(FaultRun run)
    {
        site.AssertStateIsTrue(undisturbed, rounds: 1);
        Assert.All(
            site.Windows,
            w => Assert.Equal(IsGood(run, w.Project.Id, w.Kind), site.GoodUntil(w.Project.Id, w.Kind) == site.At(1))
        );
    }

    private static bool IsGood(FaultRun run, string project, RecordKind kind) =>
        run.Projects.Any(p =>
            p.GetProperty("id").GetString() == project
            && p.GetProperty("kind").GetString() == kind.Word()
            && FaultRun.ErrorOf(p) is null
        );

    private async Task AssertRecoveredAsync(string outcome)
    {
        await site.GoodRunAsync();
        if (outcome is "names missing")
        {
            AssertDelivered(Names);
            await site.GoodRunAsync($"--from {site.At(0):O}");
        }
        AssertDelivered([]);
        Assert.Empty(site.Leftovers);
        Assert.All(site.Windows, w => Assert.Equal(site.At(2), site.GoodUntil(w.Project.Id, w.Kind)));
    }

    private void AssertDelivered(string[] without)
    {
        var held = Repository.Load(site.Messaging.DeliveredTexts);
        Assert.Empty(held.Outdated);
        Assert.Equal(undisturbed[2].Texts(without), held.Texts(without));
    }
}
