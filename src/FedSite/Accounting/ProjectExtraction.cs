using System.Buffers;
using System.Text;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Accounting;

/// <summary>The window of one kind of records in one project.</summary>
/// <param name="Kind">Kind of records.</param>
/// <param name="Key">Where its state is kept.</param>
/// <param name="Window">The whole window.</param>
/// <param name="Months">Its parts, oldest first.</param>
internal sealed record KindWindow(
    RecordKind Kind,
    WindowKey Key,
    UsageWindow Window,
    IReadOnlyList<UsageWindow> Months
);

/// <summary>Reads one project's servers once and makes records of all kinds from them.</summary>
internal sealed class ProjectExtraction
{
    /// <summary>
    /// Servers changed this long before the window's start are read again: a change may be stored a little later than
    /// its time stamp says, and the clocks of the cloud and of this machine differ. A record sent twice does no harm.
    /// </summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>Faults that are told apart; a cloud with more is counted roughly.</summary>
    private const int MaxFaults = 10_000;

    private readonly ProjectChoice _project;
    private readonly IReadOnlyList<KindWindow> _windows;
    private readonly Sources _sources;
    private readonly DateTimeOffset _changesSince;
    private readonly DateTimeOffset _recent;
    private readonly ArrayBufferWriter<byte> _line = new(2048);
    private readonly long[] _records;
    private readonly long[] _quarantined;
    private readonly HashSet<(int Window, string Reason, int Json)> _faults = [];
    private string? _passing;

    /// <summary>What all projects of a run share.</summary>
    internal sealed record Sources(
        ComputeApi Compute,
        UserDirectory Users,
        ImageDirectory Images,
        RecordBuilder Builder,
        RecordSpooler Spooler,
        Action<QuarantinedObject> Quarantine,
        Action<string> SpecsHidden,
        Action Counted
    );

    public ProjectExtraction(
        ProjectChoice project,
        IReadOnlyList<KindWindow> windows,
        Sources sources,
        DateTimeOffset now
    )
    {
        _project = project;
        _windows = windows;
        _sources = sources;
        _changesSince = windows.Min(w => w.Window.From) - Overlap;
        _recent = now - Overlap;
        _records = new long[windows.Count];
        _quarantined = new long[windows.Count];
    }

    /// <summary>Records made and objects quarantined, in the order of the windows.</summary>
    public IEnumerable<(long Records, long Quarantined)> Counts => _records.Zip(_quarantined);

    /// <summary>
    /// Lists the live servers first, then those that changed: one that changes between the two listings is seen twice
    /// rather than never. No set of ids is kept: a live server is skipped when its own time stamp says that the second
    /// listing holds it.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var imageOf = _windows.Any(w => w.Kind is RecordKind.Cloud)
            ? await _sources.Images.ForProjectAsync(_project.Id!, cancel)
            : id => id;
        await foreach (var listed in _sources.Compute.ListServersAsync(_project.Id!, null, cancel))
        {
            if (listed.Item is not { } server || !IsInChanges(server))
            {
                await TakeAsync(listed, imageOf, changed: false, cancel);
            }
        }

        await foreach (var listed in _sources.Compute.ListServersAsync(_project.Id!, _changesSince, cancel))
        {
            await TakeAsync(listed, imageOf, changed: true, cancel);
        }

        if (_passing is not null)
        {
            throw new FedSiteException($"Some servers could not be read for now: {_passing}.");
        }
    }

    /// <summary>
    /// Nova shows the present time for a server that was never changed, and does not find it as changed: what looks
    /// recent is taken from both listings.
    /// </summary>
    private bool IsInChanges(Server server) => server.Updated >= _changesSince && server.Updated < _recent;

    private async ValueTask TakeAsync(
        Listed<Server> listed,
        Func<string?, string?> imageOf,
        bool changed,
        CancellationToken cancel
    )
    {
        if (listed.Passing)
        {
            // Not the object's fault: the window stays open, and the next run reads it again.
            _passing = listed.Fault;
            return;
        }

        var fault = listed.Fault ?? RecordBuilder.Fault(listed.Item!);
        if (fault is not null)
        {
            Quarantine(0, listed, fault);
            return;
        }

        var server = listed.Item!;
        var usage = ServerUsage.Of(server);
        if (!_windows.Any(w => Parts(w, usage, changed).Any()))
        {
            return;
        }

        if (server.Flavor!.ExtraSpecs is null)
        {
            _sources.SpecsHidden(_project.Name);
        }

        var owner = new Owner(
            _project.Vo!,
            await _sources.Users.NameAsync(server.UserId, _project.Id!, cancel),
            imageOf(server.ImageId)
        );
        for (var i = 0; i < _windows.Count; i++)
        {
            foreach (var (part, to) in Parts(_windows[i], usage, changed))
            {
                await RecordAsync(i, listed, usage, part, to, owner, cancel);
            }
        }
    }

    /// <summary>
    /// The months of a window in which the server gives a record, each with the end of the message it belongs to. A
    /// server that ended before the window and changed since then ended unnoticed: its last record is for the month
    /// of its end.
    /// </summary>
    private static IEnumerable<(UsageWindow Part, DateTimeOffset To)> Parts(
        KindWindow window,
        ServerUsage usage,
        bool changed
    )
    {
        if (changed && usage.End is { } end && end < window.Window.From)
        {
            var month = UsageWindow.MonthStart(end);
            var last = month.AddMonths(1).AddSeconds(-1);
            yield return (
                new UsageWindow(month, last < window.Window.From ? last : window.Window.From),
                window.Months[0].To
            );
            yield break;
        }

        foreach (var part in window.Months)
        {
            if (usage.Touches(part))
            {
                yield return (part, part.To);
            }
        }
    }

    private async ValueTask RecordAsync(
        int window,
        Listed<Server> listed,
        ServerUsage usage,
        UsageWindow part,
        DateTimeOffset to,
        Owner owner,
        CancellationToken cancel
    )
    {
        _line.ResetWrittenCount();
        var kind = _windows[window].Kind;
        string? fault;
        try
        {
            fault =
                kind is RecordKind.Cloud
                    ? WriteCloud(listed.Item!, usage, part, owner)
                    : WriteAccelerator(listed.Item!, usage, part, owner);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            fault = e.Message;
        }

        if (fault is not null)
        {
            Quarantine(window, listed, fault);
        }
        else if (_line.WrittenCount > 0)
        {
            await _sources.Spooler.AddAsync(kind, to, _line.WrittenMemory, cancel);
            _records[window]++;
            _sources.Counted();
        }
    }

    private string? WriteCloud(Server server, ServerUsage usage, UsageWindow part, Owner owner)
    {
        _sources.Builder.Cloud(server, usage, part, owner).WriteTo(_line);
        return RepositoryRules.CheckCloudRecord(_line.WrittenSpan);
    }

    private string? WriteAccelerator(Server server, ServerUsage usage, UsageWindow part, Owner owner)
    {
        if (_sources.Builder.Accelerator(server, usage, part, owner) is not { } record)
        {
            return null;
        }

        record.WriteTo(_line);
        return RepositoryRules.CheckAcceleratorRecord(record);
    }

    private void Quarantine(int window, Listed<Server> listed, string reason)
    {
        // Both listings may hold the object, and each month of the window finds the same fault.
        var json = new HashCode();
        json.AddBytes(listed.Raw.Span);
        if (_faults.Count < MaxFaults && !_faults.Add((window, reason, json.ToHashCode())))
        {
            return;
        }

        _quarantined[window]++;
        _sources.Quarantine(
            new QuarantinedObject
            {
                Project = _project.Id!,
                Kind = _windows[window].Kind.Word(),
                Object = listed.Item?.Id ?? "",
                Reason = reason,
                Raw = Encoding.UTF8.GetString(listed.Raw.Span),
            }
        );
    }
}
