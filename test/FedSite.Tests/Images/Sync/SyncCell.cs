using FedSite.Sandbox;
using FedSite.Tests.Faults;

namespace FedSite.Tests.Images.Sync;

/// <summary>
/// One task, one call and one way to fail: a run with the fault, a good run. During both nobody loses an image and nobody
/// sees half of one; after the good one all is as it should be, and nothing is left to do.
/// </summary>
internal sealed class SyncCell(SyncSite site, SyncTask task, SyncCall call, FaultCase fault)
{
    private static readonly string[] Chosen =
    [
        "reset once",
        "reset",
        "no answer",
        "401",
        "403",
        "404",
        "503",
        "a login page",
    ];

    private string Debian => site.Slot("debian");
    private string Ubuntu => site.Slot("ubuntu");
    private string? Going => task is SyncTask.Hide or SyncTask.Remove ? Debian : null;

    /// <summary>Those of other runs, and some that matter where something is written.</summary>
    public static IReadOnlyList<FaultCase> Faults { get; } =
    [
        .. FaultCase.Common.Where(fault => Chosen.Contains(fault.Name)),
        Answer("409", 409),
        Answer("413", 413),
        new(
            "done, answer lost once",
            new SandboxFault
            {
                Service = default,
                Kind = FaultKind.Reset,
                Done = true,
            }
        ),
        new(
            "done, answers lost",
            new SandboxFault
            {
                Service = default,
                Kind = FaultKind.Reset,
                Done = true,
                Times = int.MaxValue,
            }
        ),
    ];

    /// <summary>
    /// Those of writing where something is written. An upload is not waited for as other requests are: a server may take
    /// its time.
    /// </summary>
    public static IReadOnlyList<FaultCase> FaultsOf(SyncCall call) =>
        [
            .. Faults
                .Where(fault => call.Writes || Chosen.Contains(fault.Name))
                .Where(fault => call.Name != "upload" || fault.Name != "no answer"),
        ];

    /// <summary>What the run with the fault came to, its exit code, and what the next one did.</summary>
    public static async Task<string> OutcomeAsync(SyncTask task, SyncCall call, FaultCase fault)
    {
        await using var site = await SyncSite.StartAsync(vos: 2);
        return await new SyncCell(site, task, call, fault).RunAsync();
    }

    private static FaultCase Answer(string name, int status) =>
        new(
            name,
            new SandboxFault
            {
                Service = default,
                Status = status,
                Times = int.MaxValue,
                Body = "{}",
            }
        );

    private async Task<string> RunAsync()
    {
        await PrepareAsync();
        site.Watch.Begin(Going);
        site.Traffic.Fail(
            fault.Fault with
            {
                Service = call.Service,
                When = request => call.When(site, request),
                Stalled = site.Time.RunOut,
            }
        );
        var first = await site.SyncAsync();
        var hits = site.Traffic.Failures;
        await site.Traffic.StopFailingAsync();
        try
        {
            Assert.True(hits > 0, "nothing was hit");
            Assert.DoesNotContain("Exception", first.Output + first.Error, StringComparison.Ordinal);
            site.Watch.AssertNothingLost();
            site.Watch.Begin(Going);
            var next = await site.GoodSyncAsync();
            site.Watch.AssertNothingLost();
            AssertRight();
            site.Watch.Begin(Going);
            Assert.Empty((await site.GoodSyncAsync()).Actions);
            Assert.Equal(0, site.Watch.Writes);
            return Outcome(first, next);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{task} × {call} × {fault}: {e.Message}\n{first}", e);
        }
    }

    private async Task PrepareAsync()
    {
        site.Push("ubuntu", "ubuntu 1");
        if (task is SyncTask.Add)
        {
            await site.GoodSyncAsync();
            site.Push("debian", "1");
            return;
        }
        site.Push("debian", "1");
        await site.GoodSyncAsync();
        site.Pass(TimeSpan.FromDays(1));
        if (task is SyncTask.Replace)
        {
            site.Push("debian", "2");
            return;
        }
        site.Registry.RemoveTag("vms/debian", "1");
        if (task is SyncTask.Remove)
        {
            await site.GoodSyncAsync();
            site.Pass(TimeSpan.FromDays(31));
        }
    }

    private void AssertRight()
    {
        switch (task)
        {
            case SyncTask.Hide:
                Assert.True(Assert.Single(site.ImagesOf(Debian)).Hidden);
                break;
            case SyncTask.Remove:
                Assert.Empty(site.ImagesOf(Debian));
                break;
            default:
                site.AssertWhole(Debian, Ubuntu);
                Assert.Equal(task is SyncTask.Replace ? 2 : 1, site.ImagesOf(Debian).Count);
                return;
        }
        site.AssertWhole(Ubuntu);
    }

    private static string Outcome(SyncRun first, SyncRun next)
    {
        var left = Steps(first).Where(action => !action.EndsWith(" done", StringComparison.Ordinal)).ToList();
        var what =
            !first.HasPlan ? "nothing"
            : left.Count > 0 ? string.Join(", ", left).Replace('_', ' ')
            : first.Exit is ExitCode.Done ? "done"
            : "kept";
        var then =
            next.Actions.Length == 0 ? "" : $"; then {string.Join(", ", Steps(next).Select(a => a.Split(' ')[0]))}";
        return $"{what} ({(int)first.Exit}){then}";
    }

    private static string[] Steps(SyncRun run) => run.Actions.Split(", ", StringSplitOptions.RemoveEmptyEntries);
}
