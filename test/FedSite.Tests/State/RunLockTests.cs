using FedSite.State;

namespace FedSite.Tests.State;

public sealed class RunLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    [Fact]
    public void A_second_run_is_told_who_is_at_work()
    {
        using var first = RunLock.Acquire(_folder, "job", TimeProvider.System);

        var refusal = Assert.Throws<FedSiteException>(() => RunLock.Acquire(_folder, "job", TimeProvider.System));

        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_can_not_be_written_is_no_sign_of_another_run()
    {
        // The note beside the lock can't be written: as on a disk that is full.
        Directory.CreateDirectory(Path.Combine(_folder, "job.holder"));

        var refusal = Assert.Throws<StateException>(() => RunLock.Acquire(_folder, "job", TimeProvider.System));
        Directory.Delete(Path.Combine(_folder, "job.holder"));

        Assert.Contains("is not writable", refusal.Message, StringComparison.Ordinal);
        RunLock.Acquire(_folder, "job", TimeProvider.System).Dispose();
    }

    [Fact]
    public void A_state_folder_that_went_away_does_not_spoil_the_end_of_a_run()
    {
        var state = Path.Combine(_folder, "state");
        var taken = RunLock.Acquire(state, "job", TimeProvider.System);
        Directory.Delete(state, recursive: true);

        taken.Dispose();

        Assert.False(Directory.Exists(state));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
