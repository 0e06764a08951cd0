using System.Buffers;
using FedSite.OpenStack;
using FedSite.OpenStack.BlockStorage;

namespace FedSite.Accounting;

/// <summary>
/// Reads one project's volumes and makes a record of each day of the window. Days, because a record id stands for one
/// interval for ever: whatever is sent again replaces what was sent before, and nothing is counted twice.
/// </summary>
internal sealed class VolumeExtraction(ProjectChoice project, KindOutput output, RunSources sources)
{
    /// <summary>Volumes that are noted in one transaction.</summary>
    private const int BatchSize = 500;

    /// <summary>The record's id holds the day besides.</summary>
    private const int MaxIdLength = WireText.MaxLength - 11;

    private readonly ArrayBufferWriter<byte> _line = new(1024);

    public async Task RunAsync(CancellationToken cancel)
    {
        using var inventory = new VolumeInventory(sources.Store.Connect(), output.Key, sources.Now, sources.Remembers);
        var batch = new List<Volume>(BatchSize);
        await foreach (var listed in sources.Cloud.BlockStorage.ListVolumesAsync(project.Id!, cancel))
        {
            if (Fault(listed) is { } fault)
            {
                output.Quarantine(listed.Item?.Id, fault, listed.Raw.Span);
                continue;
            }

            var volume = listed.Item!;
            if (volume.MigrationStatus?.StartsWith("target:", StringComparison.Ordinal) == true)
            {
                continue;
            }

            await RecordAsync(volume, null, cancel);
            batch.Add(volume);
            if (batch.Count == BatchSize)
            {
                inventory.See(batch);
                batch.Clear();
            }
        }

        inventory.See(batch);
        // Only now: a listing that broke off says nothing about what it did not show.
        foreach (var (volume, gone) in sources.LikeCaso ? [] : inventory.Gone(output.Window.From))
        {
            await RecordAsync(volume, gone, cancel);
        }

        inventory.MarkGone();
    }

    private static string? Fault(Listed<Volume> listed) =>
        listed.Fault
        ?? listed.Item switch
        {
            { Id: null or "" } => "it has no id",
            { Id.Length: > MaxIdLength } => "its id is too long",
            { SizeGiB: < 0 or > long.MaxValue >> 30 } => "its size is out of range",
            { CreatedAt.Ticks: 0 } => "it has no creation time",
            _ => null,
        };

    private async ValueTask RecordAsync(Volume volume, DateTimeOffset? gone, CancellationToken cancel)
    {
        var user = await sources.Users.NameAsync(volume.UserId, project.Id!, cancel);
        foreach (var month in output.Months)
        {
            foreach (var part in sources.LikeCaso ? [new UsageWindow(month.From, sources.Now)] : Days(month, gone))
            {
                var start = volume.CreatedAt > part.From ? volume.CreatedAt : part.From;
                if (start < part.To)
                {
                    await AddAsync(volume, user, new UsageWindow(start, part.To), month.To, cancel);
                }
            }
        }
    }

    private async ValueTask AddAsync(
        Volume volume,
        string? user,
        UsageWindow part,
        DateTimeOffset to,
        CancellationToken cancel
    )
    {
        var record = sources.Builder.Storage(volume, project, user, part, sources.Now);
        _line.ResetWrittenCount();
        record.WriteTo(_line);
        await output.AddAsync(to, _line.WrittenMemory, cancel);
    }

    /// <summary>Days that a month of the window touches, each from its first second to its last, or to the end.</summary>
    private static IEnumerable<UsageWindow> Days(UsageWindow month, DateTimeOffset? gone)
    {
        var end = gone < month.To ? gone.Value : month.To;
        for (var day = new DateTimeOffset(month.From.UtcDateTime.Date, TimeSpan.Zero); day < end; day = day.AddDays(1))
        {
            var last = day.AddDays(1).AddSeconds(-1);
            yield return new UsageWindow(day, last < end ? last : end);
        }
    }
}
