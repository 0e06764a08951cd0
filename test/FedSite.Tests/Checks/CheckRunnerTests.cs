using FedSite.Checks;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Checks;

public sealed class CheckRunnerTests
{
    private static readonly CheckSubject Subject = Some.Subject("/nowhere");

    [Fact]
    public async Task Findings_come_in_the_order_of_the_checks()
    {
        var first = new TaskCompletionSource();
        var findings = await CheckRunner.RunAsync(
            [Check((_, _) => After(first.Task, "slow")), Check((_, _) => Then(first, "quick"))],
            Subject,
            ended: null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["slow", "quick"], findings.Select(f => f.Seen));
    }

    [Fact]
    public async Task What_a_check_told_before_it_failed_counts()
    {
        var findings = await Some.FindingsAsync((_, _) => Fails(new FedSiteException("Broken.", "Mend it.")), Subject);
        Assert.Equal([Severity.Ok, Severity.Error], findings.Select(f => f.Severity));
        Assert.Equal("Mend it.", findings[1].Todo);
    }

    [Fact]
    public async Task An_unexpected_failure_is_a_finding_of_its_check()
    {
        var findings = await Some.FindingsAsync((_, _) => Fails(new InvalidOperationException("odd")), Subject);
        Assert.Equal(
            (CheckRules.State.Id, "Unexpected InvalidOperationException: odd"),
            (findings[1].Id, findings[1].Seen)
        );
    }

    [Fact]
    public async Task A_check_that_never_answers_is_given_up()
    {
        var time = new FakeTimeProvider();
        var run = Some.FindingsAsync(
            (_, _) => After(new TaskCompletionSource().Task, "never"),
            Subject with
            {
                Time = time,
            }
        );
        time.Advance(CheckRunner.Limit);
        var finding = Assert.Single(await run);
        Assert.Equal("There was no answer within 60 s.", finding.Seen);
    }

    [Fact]
    public async Task Cancellation_ends_the_run()
    {
        using var source = new CancellationTokenSource();
        var run = CheckRunner.RunAsync(
            [Check((_, _) => After(new TaskCompletionSource().Task, "never"))],
            Subject,
            ended: null,
            source.Token
        );
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static SiteCheck Check(CheckFunction run) => new(CheckArea.Storage, CheckRules.State, run);

    private static async IAsyncEnumerable<Finding> After(Task task, string seen)
    {
        await task;
        yield return CheckRules.State.Ok(seen);
    }

    private static async IAsyncEnumerable<Finding> Then(TaskCompletionSource source, string seen)
    {
        await Task.Yield();
        source.SetResult();
        yield return CheckRules.State.Ok(seen);
    }

    private static async IAsyncEnumerable<Finding> Fails(Exception e)
    {
        await Task.Yield();
        yield return CheckRules.State.Ok("before");
        throw e;
    }
}
