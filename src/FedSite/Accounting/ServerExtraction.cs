using System.Buffers;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Accounting;

/// <summary>Reads one project's servers once and makes cloud and accelerator records of them.</summary>
internal sealed class ServerExtraction
{
    /// <summary>
    /// Servers changed this long before the window's start are read again: a change may be stored a little later than
    /// its time stamp says, and the clocks of the cloud and of this machine differ. A record sent twice does no harm.
    /// </summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    private readonly ProjectChoice _project;
    private readonly IReadOnlyList<KindOutput> _outputs;
    private readonly RunSources _sources;
    private readonly Func<string?, string?> _imageOf;
    private readonly FlavorsToday? _flavors;
    private readonly PublicAddresses? _addresses;
    private readonly DateTimeOffset _changesSince;
    private readonly DateTimeOffset _recent;
    private readonly ArrayBufferWriter<byte> _line = new(2048);
    private string? _passing;

    /// <param name="project">The project.</param>
    /// <param name="outputs">Take cloud and accelerator records; none: only <paramref name="addresses"/> is served.</param>
    /// <param name="sources">What the run shares.</param>
    /// <param name="imageOf">What records call an image, by its id.</param>
    /// <param name="flavors">Flavors as they are today; null: not known.</param>
    /// <param name="addresses">Wants to know the users of live servers; null: nobody does.</param>
    public ServerExtraction(
        ProjectChoice project,
        IReadOnlyList<KindOutput> outputs,
        RunSources sources,
        Func<string?, string?> imageOf,
        FlavorsToday? flavors,
        PublicAddresses? addresses
    )
    {
        _project = project;
        _outputs = outputs;
        _sources = sources;
        _imageOf = imageOf;
        _flavors = flavors;
        _addresses = addresses;
        _changesSince = outputs.Count > 0 ? outputs.Min(o => o.Window.From) - Overlap : DateTimeOffset.MaxValue;
        _recent = sources.Now - Overlap;
    }

    /// <summary>
    /// Lists the live servers first, then those that changed: one that changes between the two listings is seen twice
    /// rather than never. No set of ids is kept: a live server is skipped when its own time stamp says that the second
    /// listing holds it.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await ReadAsync(changesSince: null, cancel);
        if (_outputs.Count == 0)
        {
            return;
        }

        await ReadAsync(_changesSince, cancel);
        if (_passing is not null)
        {
            throw new FedSiteException($"Some servers could not be read for now: {_passing}.");
        }
    }

    /// <summary>Servers are taken a page at a time, so that their users can be asked for together.</summary>
    private async Task ReadAsync(DateTimeOffset? changesSince, CancellationToken cancel)
    {
        var changed = changesSince is not null;
        var page = new List<(Listed<Server> Listed, ServerUsage Usage)>();
        await foreach (var listed in _sources.Cloud.Compute.ListServersAsync(_project.Id!, changesSince, cancel))
        {
            if (!changed && listed.Item is { } live)
            {
                _addresses?.See(live);
            }

            var taken = Wanted(listed, changed) ? WithUsage(listed, changed) : null;
            if (taken is { } server)
            {
                page.Add(server);
            }

            if (listed.EndsPage)
            {
                await _sources.Users.LearnAsync(page.Select(s => s.Listed.Item!.UserId), _project.Id!, cancel);
                foreach (var (one, usage) in page)
                {
                    await TakeAsync(one, usage, changed, cancel);
                }

                page.Clear();
            }
        }
    }

    /// <summary>
    /// Nova shows the present time for a server that was never changed, and does not find it as changed: what looks
    /// recent is taken from both listings.
    /// </summary>
    private bool Wanted(Listed<Server> listed, bool changed) =>
        _outputs.Count > 0
        && (changed || listed.Item is not { } server || server.Updated < _changesSince || server.Updated >= _recent);

    /// <summary>A server with its flavor as it is today, and when it lived; null when it gives no record.</summary>
    private (Listed<Server> Listed, ServerUsage Usage)? WithUsage(Listed<Server> listed, bool changed)
    {
        if (listed.Passing)
        {
            // Not the object's fault: the window stays open, and the next run reads it again.
            _passing = listed.Fault;
            return null;
        }

        var fault = listed.Fault ?? RecordBuilder.Fault(listed.Item!);
        if (fault is not null)
        {
            _outputs[0].Quarantine(listed.Item?.Id, fault, listed.Raw.Span);
            return null;
        }

        var server = _flavors?.Apply(listed.Item!) ?? listed.Item!;
        var usage = ServerUsage.Of(server);
        return _outputs.Any(o => Parts(o, usage, changed).Any()) ? (listed with { Item = server }, usage) : null;
    }

    private async ValueTask TakeAsync(Listed<Server> listed, ServerUsage usage, bool changed, CancellationToken cancel)
    {
        var server = listed.Item!;
        if (server.Flavor!.ExtraSpecs is null)
        {
            _sources.SpecsHidden(_project.Name);
        }

        var owner = new Owner(
            _project.Vo!,
            await _sources.Users.NameAsync(server.UserId, _project.Id!, cancel),
            _imageOf(server.ImageId)
        );
        foreach (var output in _outputs)
        {
            foreach (var (part, to) in Parts(output, usage, changed))
            {
                await RecordAsync(output, listed, usage, part, to, owner, cancel);
            }
        }
    }

    /// <summary>
    /// The months of a window in which the server gives a record, each with the end of the message it belongs to. A
    /// server that ended before the window and changed since then ended unnoticed: its last record is for the month
    /// of its end.
    /// </summary>
    private IEnumerable<(UsageWindow Part, DateTimeOffset To)> Parts(KindOutput output, ServerUsage usage, bool changed)
    {
        if (changed && usage.End is { } end && end < output.Window.From && !_sources.LikeCaso)
        {
            var month = UsageWindow.MonthStart(end);
            var last = month.AddMonths(1).AddSeconds(-1);
            yield return (
                new UsageWindow(month, last < output.Window.From ? last : output.Window.From),
                output.Months[0].To
            );
            yield break;
        }

        foreach (var part in output.Months)
        {
            if (usage.Touches(part) || (_sources.LikeCaso && usage.Start == part.To))
            {
                yield return (part, part.To);
            }
        }
    }

    private async ValueTask RecordAsync(
        KindOutput output,
        Listed<Server> listed,
        ServerUsage usage,
        UsageWindow part,
        DateTimeOffset to,
        Owner owner,
        CancellationToken cancel
    )
    {
        _line.ResetWrittenCount();
        string? fault;
        try
        {
            fault =
                output.Kind is RecordKind.Cloud
                    ? WriteCloud(listed.Item!, usage, part, owner)
                    : WriteAccelerator(listed.Item!, usage, part, owner);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            fault = e.Message;
        }

        if (fault is not null)
        {
            output.Quarantine(listed.Item?.Id, fault, listed.Raw.Span);
        }
        else if (_line.WrittenCount > 0)
        {
            await output.AddAsync(to, _line.WrittenMemory, cancel);
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
}
