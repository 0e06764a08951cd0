using System.Collections.Concurrent;
using System.Text;
using FedSite.Sandbox;
using FedSite.TestKit;

namespace FedSite.Tests.Images.Sync;

/// <summary>Every request of <c>images sync</c> and every way to fail.</summary>
public sealed class SyncFaultTests
{
    private const string Document = "../../docs/faults.md";
    private const string Begin = "<!-- What follows is written by SyncFaultTests. -->\n";

    /// <summary>Each call of each task, the faults by turns.</summary>
    public static TheoryData<string, string, string> Sample
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var (i, (task, call)) in Cells.Index())
            {
                var faults = SyncCell.FaultsOf(call);
                data.Add(task.ToString(), call.Name, faults[7 * i % faults.Count].Name);
            }
            return data;
        }
    }

    private static IEnumerable<(SyncTask Task, SyncCall Call)> Cells =>
        Enum.GetValues<SyncTask>()
            .SelectMany(task => SyncCall.All.Where(call => call.Tasks.Contains(task)), (task, call) => (task, call));

    [Theory]
    [MemberData(nameof(Sample))]
    public async Task After_a_fault_the_next_run_finishes_the_work(string task, string call, string fault) =>
        Assert.NotEmpty(
            await SyncCell.OutcomeAsync(
                Enum.Parse<SyncTask>(task),
                SyncCall.All.Single(one => one.Name == call),
                SyncCell.Faults.Single(one => one.Name == fault)
            )
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_of_a_run_is_missing_here(bool isNew)
    {
        await using var site = await SyncSite.StartAsync(vos: 2);
        var unknown = new ConcurrentBag<string>();
        if (!isNew)
        {
            site.Push("debian", "1");
            await site.GoodSyncAsync();
            site.Pass(TimeSpan.FromDays(1));
        }
        foreach (var service in Enum.GetValues<SandboxService>())
        {
            site.Traffic.Fail(
                new SandboxFault
                {
                    Service = service,
                    Times = int.MaxValue,
                    When = request =>
                    {
                        if (!SyncCall.All.Any(call => call.Service == service && call.When(site, request)))
                            unknown.Add($"{service} {request.Method} {request.Path}");
                        return false;
                    },
                }
            );
        }
        site.Push("debian", "2");

        await site.GoodSyncAsync();

        Assert.Empty(unknown);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task After_every_fault_of_every_call_the_next_run_finishes_the_work()
    {
        var matrix = new StringBuilder();
        var failures = new ConcurrentBag<string>();
        foreach (var task in Enum.GetValues<SyncTask>())
            matrix.Append(await TableAsync(task, failures));

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        var all = await File.ReadAllTextAsync(Golden.PathOf(Document), TestContext.Current.CancellationToken);
        Golden.Check(all[..(all.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + matrix, Document);
    }

    private static async Task<string> TableAsync(SyncTask task, ConcurrentBag<string> failures)
    {
        var calls = SyncCall.All.Where(call => call.Tasks.Contains(task)).ToList();
        var table = new StringBuilder($"\n### {task}\n| call | fault | comes to |\n| --- | --- | --- |\n");
        foreach (var call in calls)
        {
            var outcomes = await Task.WhenAll(
                SyncCell
                    .FaultsOf(call)
                    .Select(async fault => (Fault: fault, Outcome: await OutcomeAsync(task, call, fault, failures)))
            );
            foreach (var same in outcomes.GroupBy(one => one.Outcome))
                table.Append($"| {call} | {string.Join("; ", same.Select(one => one.Fault.Name))} | {same.Key} |\n");
        }
        return table.ToString();
    }

    private static async Task<string> OutcomeAsync(
        SyncTask task,
        SyncCall call,
        Faults.FaultCase fault,
        ConcurrentBag<string> failures
    )
    {
        try
        {
            // Whatever hangs is to be named.
            return await SyncCell
                .OutcomeAsync(task, call, fault)
                .WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failures.Add($"{task} × {call} × {fault}: {e.Message}");
            return "?";
        }
    }
}
