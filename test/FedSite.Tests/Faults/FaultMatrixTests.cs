using System.Collections.Concurrent;
using System.Text;
using FedSite.TestKit;

namespace FedSite.Tests.Faults;

/// <summary>
/// Every call of the program and every way to fail. Whatever happens, the next good run leaves every record delivered,
/// newest last, and the state says the truth.
/// </summary>
public sealed class FaultMatrixTests
{
    private const string Document = "../../docs/faults.md";
    private const string Begin = "<!-- What follows is written by FaultMatrixTests. -->\n";
    private const string End = "\n## Images\n";

    /// <summary>A fault for each call, so that each fault has its turn.</summary>
    public static TheoryData<string, string> Sample
    {
        get
        {
            var data = new TheoryData<string, string>();
            var faults = FaultCase.OfLists.Concat(FaultCase.Common).ToList();
            foreach (var (i, call) in FaultCall.Cloud.Concat(FaultCall.Ams).Index())
            {
                data.Add(call.Name, faults.Where(f => f.Suits(call)).ElementAt(i * 2 % FaultCase.Common.Count).Name);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sample))]
    public async Task After_a_fault_the_next_run_makes_all_good(string call, string fault) =>
        Assert.NotEmpty(
            await FaultCell.OutcomeAsync(
                FaultCall.Cloud.Concat(FaultCall.Ams).Single(c => c.Name == call),
                FaultCase.All.Single(f => f.Name == fault)
            )
        );

    [Fact]
    [Trait("Category", "Long")]
    public async Task After_every_fault_of_every_call_the_next_run_makes_all_good()
    {
        var matrix = new StringBuilder();
        var failures = new ConcurrentBag<string>();
        foreach (var service in FaultCall.Cloud.Concat(FaultCall.Ams).GroupBy(c => c.Service))
        {
            matrix.Append(await TableAsync($"{service.Key}", [.. service], failures));
        }

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        var all = await File.ReadAllTextAsync(Golden.PathOf(Document), TestContext.Current.CancellationToken);
        var intro = all[..(all.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        Golden.Check(intro + matrix + all[all.IndexOf(End, StringComparison.Ordinal)..], Document);
    }

    private static async Task<string> TableAsync(
        string title,
        IReadOnlyList<FaultCall> calls,
        ConcurrentBag<string> failures
    )
    {
        var table = new StringBuilder()
            .Append($"\n### {title}\n| fault | {string.Join(" | ", calls)} |\n")
            .Append($"| --- |{string.Concat(calls.Select(_ => " --- |"))}\n");
        foreach (var fault in FaultCase.All.Where(f => calls.Any(f.Suits)))
        {
            var outcomes = await Task.WhenAll(calls.Select(call => OutcomeAsync(call, fault, failures)));
            table.Append($"| {fault} | {string.Join(" | ", outcomes)} |\n");
        }
        return table.ToString();
    }

    private static async Task<string> OutcomeAsync(FaultCall call, FaultCase fault, ConcurrentBag<string> failures)
    {
        if (!fault.Suits(call))
        {
            return "–";
        }
        try
        {
            return await FaultCell.OutcomeAsync(call, fault);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failures.Add(e.Message);
            return "?";
        }
    }
}
