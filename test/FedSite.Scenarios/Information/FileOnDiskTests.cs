using FedSite.Information.Publishing;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>A disk that is full or read-only keeps the old document.</summary>
public sealed class FileOnDiskTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
    private SmallDisks? _disks;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SmallDisks Disks => _disks!;

    private string Site => Path.Combine(Disks.Seen(_folder), "site.json");

    public async ValueTask InitializeAsync()
    {
        _disks = await SmallDisks.StartAsync();
        await _disks.MountAsync(_folder);
        await PublishAsync("older"u8.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        if (_disks is not null)
        {
            await _disks.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(32)]
    public async Task A_full_disk_keeps_the_old_document_and_room_makes_all_good(int kilobytes)
    {
        var document = new byte[100_000];
        await Disks.LeaveAsync(_folder, kilobytes);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => PublishAsync(document));

        Assert.Contains("space", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("older", await File.ReadAllTextAsync(Site, Ct));
        AssertNothingBeside();
        await Disks.MakeRoomAsync(_folder);
        await PublishAsync(document);
        Assert.Equal(document, await File.ReadAllBytesAsync(Site, Ct));
        AssertNothingBeside();
    }

    [Fact]
    public async Task A_disk_that_is_read_only_keeps_the_old_document()
    {
        await Disks.MakeReadOnlyAsync(_folder);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => PublishAsync("new"u8.ToArray()));

        Assert.Contains("Read-only", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("older", await File.ReadAllTextAsync(Site, Ct));
    }

    private async Task PublishAsync(byte[] document)
    {
        using var target = new FileTarget(Site);
        await target.PublishAsync(document, Ct);
    }

    private void AssertNothingBeside() =>
        Assert.Equal(
            [SmallDisks.Ballast, "site.json"],
            Directory.GetFileSystemEntries(Path.GetDirectoryName(Site)!).Select(Path.GetFileName).Order()
        );
}
