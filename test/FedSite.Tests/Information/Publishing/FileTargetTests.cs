using FedSite.Information.Publishing;

namespace FedSite.Tests.Information.Publishing;

public sealed class FileTargetTests : IDisposable
{
    private const UnixFileMode Public =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Site => Path.Combine(_folder, "site.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_file_holds_the_last_document_and_nothing_is_beside_it()
    {
        using var target = new FileTarget(Site);
        await target.PublishAsync("a longer one, and older"u8.ToArray(), Ct);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal("new"u8.ToArray(), await target.ReadAsync(Ct));
        Assert.Equal([Site], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Everybody_may_read_it_whatever_its_mode_was()
    {
        await File.WriteAllTextAsync(Site, "old", Ct);
        File.SetUnixFileMode(Site, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal(Public, File.GetUnixFileMode(Site));
    }

    [Fact]
    public async Task Who_has_it_open_goes_on_reading_the_old_document()
    {
        await File.WriteAllTextAsync(Site, "the old one", Ct);
        using var reader = new StreamReader(Site);
        var first = reader.Read();
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal("the old one", (char)first + await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_symbolic_link_is_followed_and_stays()
    {
        var real = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "real")).FullName, "document");
        await File.WriteAllTextAsync(real, "old", Ct);
        File.CreateSymbolicLink(Site, "real/document");
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal("real/document", new FileInfo(Site).LinkTarget);
        Assert.Equal("new", await File.ReadAllTextAsync(real, Ct));
        Assert.Equal([real], Directory.GetFileSystemEntries(Path.GetDirectoryName(real)!));
    }

    [Fact]
    public async Task A_link_to_a_file_that_is_not_there_yet_makes_it()
    {
        File.CreateSymbolicLink(Site, "later");
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(_folder, "later"), Ct));
    }

    [Fact]
    public async Task Links_that_lead_to_each_other_are_told()
    {
        File.CreateSymbolicLink(Site, "other");
        File.CreateSymbolicLink(Path.Combine(_folder, "other"), "site.json");

        var failure = await FailAsync(Site);

        Assert.Contains(Site, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_is_told_and_not_made()
    {
        var failure = await FailAsync(Path.Combine(_folder, "unmounted", "site.json"));

        Assert.Contains("its folder does not exist", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/dev/null")]
    public async Task What_is_no_file_is_left_alone(string path)
    {
        var failure = await FailAsync(path.Length == 0 ? _folder : path);

        Assert.Contains("it is a", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_run_left_behind_is_cleared_away()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, ".site.json.0badcafe.new"), "half a docu", Ct);
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.Equal([Site], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task What_another_run_is_writing_is_left_to_it()
    {
        var busy = Path.Combine(_folder, ".site.json.0badcafe.new");
        using var other = new FileStream(busy, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var target = new FileTarget(Site);
        await target.PublishAsync("new"u8.ToArray(), Ct);

        Assert.True(File.Exists(busy));
    }

    [Fact]
    public async Task Runs_at_the_same_time_leave_one_whole_document()
    {
        using var target = new FileTarget(Site);
        var documents = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 100_000)).ToList();
        await Task.WhenAll(documents.Select(d => target.PublishAsync(System.Text.Encoding.ASCII.GetBytes(d), Ct)));

        Assert.Contains(await File.ReadAllTextAsync(Site, Ct), documents);
        Assert.Equal([Site], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("site.json")]
    [InlineData("no/folder/site.json")]
    public async Task Nothing_is_published_where_no_file_is(string path)
    {
        using var target = new FileTarget(Path.Combine(_folder, path));

        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_folder_can_not_be_read()
    {
        using var target = new FileTarget(_folder);

        await Assert.ThrowsAsync<FedSiteException>(() => target.ReadAsync(Ct));
    }

    private static async Task<FedSiteException> FailAsync(string path)
    {
        using var target = new FileTarget(path);
        return await Assert.ThrowsAsync<FedSiteException>(() => target.PublishAsync("new"u8.ToArray(), Ct));
    }
}
