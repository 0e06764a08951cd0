using FedSite.Checks;

namespace FedSite.Tests.Checks;

public sealed class StorageChecksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_spool_that_is_still_missing_is_tried_where_it_will_be_made()
    {
        var finding = Assert.Single(await Some.FindingsAsync(StorageChecks.SpoolAsync, Some.Subject(_folder)));
        Assert.Equal(Severity.Ok, finding.Severity);
        Assert.Contains("is missing", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_leaves_nothing_behind()
    {
        await Some.FindingsAsync(StorageChecks.SpoolAsync, Some.Subject(_folder));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_folder_that_takes_no_files_is_an_error()
    {
        // Even root makes no files there.
        var subject = Some.Subject(_folder) with
        {
            StateFolder = "/proc/self/nowhere",
        };
        var finding = Assert.Single(await Some.FindingsAsync(StorageChecks.StateAsync, subject));
        Assert.Equal((CheckRules.State.Id, Severity.Error), (finding.Id, finding.Severity));
    }
}
