using System.Text;
using FedSite.Configuration;

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

/// <summary>Takes the records of one kind in one project, and what gave none.</summary>
internal sealed class KindOutput(KindWindow window, RunSources sources)
{
    /// <summary>Faults that are told apart; a cloud with more is counted roughly.</summary>
    private const int MaxFaults = 10_000;

    private readonly HashSet<(string Reason, int Json)> _faults = [];

    public RecordKind Kind => window.Kind;
    public WindowKey Key => window.Key;
    public UsageWindow Window => window.Window;
    public IReadOnlyList<UsageWindow> Months => window.Months;
    public long Records { get; private set; }
    public long Quarantined { get; private set; }

    /// <summary>Why the window stays open; null: all went well so far.</summary>
    public string? Error { get; private set; }

    /// <summary>What to do about <see cref="Error"/>.</summary>
    public string? NextStep { get; private set; }

    /// <summary>Counts to remember once all messages of the window are in the spool.</summary>
    public List<IpCount> Reported { get; } = [];

    /// <summary>Adds a record to the messages of the month that ends at <paramref name="to"/>.</summary>
    public async ValueTask AddAsync(DateTimeOffset to, ReadOnlyMemory<byte> record, CancellationToken cancel)
    {
        // cASO's messages know no months.
        await sources.Spooler.AddAsync(Kind, sources.LikeCaso ? Window.To : to, record, cancel);
        Records++;
        sources.Counted();
    }

    /// <summary>Puts an object aside that gives no valid record.</summary>
    /// <param name="id">Its id, as far as it is known.</param>
    /// <param name="reason">Why it gives none.</param>
    /// <param name="raw">The JSON that OpenStack sent.</param>
    public void Quarantine(string? id, string reason, ReadOnlySpan<byte> raw)
    {
        // Two listings may hold the object, and each month of the window finds the same fault.
        var json = new HashCode();
        json.AddBytes(raw);
        if (_faults.Count < MaxFaults && !_faults.Add((reason, json.ToHashCode())))
        {
            return;
        }

        Quarantined++;
        sources.Quarantine(
            new QuarantinedObject
            {
                Project = Key.Project,
                Kind = Key.Kind,
                Object = id ?? "",
                Reason = reason,
                Raw = Encoding.UTF8.GetString(raw),
            }
        );
    }

    public void Fail(Exception e)
    {
        if (Error is null)
        {
            Error = e is FedSiteException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            NextStep = (e as FedSiteException)?.NextStep;
        }
    }
}
