using FedSite.Information.Publishing;
using FedSite.TestKit;

namespace FedSite.Tests.Information.Publishing;

public sealed class PublicationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_target_that_does_not_end_has_failed_when_the_time_is_over()
    {
        var time = new StandingTime(TimeProvider.System.GetUtcNow());
        var publishing = Publication.PublishAsync("new"u8.ToArray(), [new Endless(), File("b.json")], Limit, time, Ct);
        time.RunOut();

        var outcomes = await publishing;

        Assert.False(outcomes[0].IsDone);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_that_moment_is_no_other_failure()
    {
        var time = new StandingTime(TimeProvider.System.GetUtcNow());
        var publishing = Publication.PublishAsync("new"u8.ToArray(), [new Breaking()], Limit, time, Ct);
        time.RunOut();

        Assert.Contains(
            "before the deadline",
            Assert.Single(await publishing).Error!.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_target_that_fails_does_not_keep_the_others_from_it()
    {
        DocumentTarget[] targets = [File("missing/a.json"), File("b.json"), File("missing/c.json"), File("d.json")];

        var outcomes = await Publication.PublishAsync("new"u8.ToArray(), targets, Limit, TimeProvider.System, Ct);

        Assert.Equal(targets.Select(target => target.Name), outcomes.Select(outcome => outcome.Name));
        Assert.Equal([false, true, false, true], outcomes.Select(outcome => outcome.IsDone));
        Assert.Equal("new", await System.IO.File.ReadAllTextAsync(Path.Combine(_folder, "d.json"), Ct));
    }

    [Fact]
    public async Task A_wish_to_stop_is_no_failure_of_a_target()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Publication.PublishAsync(
                "new"u8.ToArray(),
                [File("a.json")],
                Limit,
                TimeProvider.System,
                new CancellationToken(canceled: true)
            )
        );
    }

    private FileTarget File(string path) => new(Path.Combine(_folder, path));

    /// <summary>Whose connection does not say that it was given up.</summary>
    private sealed class Breaking : Endless
    {
        public override async Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
        {
            try
            {
                await base.PublishAsync(document, ct);
            }
            catch (OperationCanceledException e)
            {
                throw new HttpRequestException("broken", e);
            }
        }
    }

    private class Endless : DocumentTarget
    {
        public override string Name => "endless";
        public override string Type => "http";

        public override Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

        public override Task<byte[]?> ReadAsync(CancellationToken ct) => Task.FromResult<byte[]?>(null);

        public override Task<string> LookAsync(CancellationToken ct) => Task.FromResult("");
    }
}
