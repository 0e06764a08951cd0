using System.Globalization;
using System.Text;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>Tells whether all usage of a project has reached the repository.</summary>
/// <param name="config">For the kinds of records.</param>
/// <param name="store">Windows and runs.</param>
/// <param name="outbox">What waits to be sent.</param>
public sealed class ProjectDelivery(SiteConfig config, AccountingStore store, Outbox outbox)
{
    /// <summary>
    /// A region whose windows ended so long before is one that the site does not account any more. A month: ARGO
    /// raises its alarm then.
    /// </summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(31);

    /// <summary>
    /// Windows first, messages then: a window is good once its messages are in the spool, so none can slip between.
    /// </summary>
    /// <param name="project">Id.</param>
    /// <param name="emptySince">From then on the project had nothing that could be used.</param>
    /// <returns>What is missing, in words; empty: all is delivered.</returns>
    /// <exception cref="FedSiteException">The state or the spool can't be read.</exception>
    public IReadOnlyList<string> Missing(string project, DateTimeOffset emptySince)
    {
        var missing = config.Accounting.Kinds.Select(kind => Open(project, kind, emptySince)).OfType<string>().ToList();
        var runs = store.RunsWith(project);
        var waiting = outbox.List(state: null).Where(entry => IsOf(entry, project, runs)).ToList();
        if (waiting.Count > 0)
            missing.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{waiting.Count} messages with its records wait or were set aside, the first is {waiting[0].Name}"
                )
            );
        return missing;
    }

    /// <summary>FedSite has extracted usage of the project, whenever that was.</summary>
    public bool Knows(string project) =>
        config.Accounting.Kinds.Any(kind => store.GoodUntil(config.Site.Name, project, kind.Word()).Count > 0);

    private string? Open(string project, RecordKind kind, DateTimeOffset emptySince)
    {
        var regions = store
            .GoodUntil(config.Site.Name, project, kind.Word())
            .GroupBy(window => window.Region, window => window.GoodUntil)
            .Select(region => (Region: region.Key, GoodUntil: region.Max()))
            .Where(region => region.GoodUntil > emptySince - Abandoned)
            .ToList();
        if (regions.Count == 0)
            return $"{kind.Word()} records were never extracted, or not for a month";
        // A whole second: windows have no fractions, and what was used in the second of the end is in the next window.
        var (name, until) = regions.MinBy(region => region.GoodUntil);
        return until > emptySince
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{kind.Word()} records are extracted{(name.Length > 0 ? $" in {name}" : "")} until {until:yyyy-MM-dd HH:mm:ss}Z, but it was empty only after {emptySince:yyyy-MM-dd HH:mm:ss}Z"
            );
    }

    /// <summary>By the run that made it, or, where the journal does not know that, by its text.</summary>
    private bool IsOf(JournalEntry entry, string project, IReadOnlySet<long> runs)
    {
        if (entry.Run is { } run && runs.Contains(run))
            return true;
        var spool = outbox.Queues.First(queue => queue.Name == entry.Queue).Spool;
        try
        {
            return Array.Find([spool.PathOf(entry.Name), spool.PathOfSetAside(entry.Name)], File.Exists) is { } path
                && File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(project)) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Sent meanwhile, or not to be read: the next look tells.
            return true;
        }
    }
}
