using FedSite.Configuration;
using FedSite.Information.Documents;
using FedSite.Information.Gocdb;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Information;

/// <summary>How far a run is: projects read, and their number.</summary>
public sealed record InformationProgress(int Done, int Total);

/// <summary>
/// Finds out what a site offers. VOs are read in parallel and independently; a VO, a service or GOCDB that fails is
/// stated in the document and suppresses nothing else.
/// </summary>
/// <param name="config">The site.</param>
/// <param name="endpoint">Its Keystone's URL as the federation knows it.</param>
/// <param name="accounts">Its accounts; the caller disposes of them.</param>
/// <param name="gocdb">What the federation knows of it.</param>
/// <param name="store">What earlier runs learned; null: nothing is remembered.</param>
/// <param name="time">For the document's time and all limits.</param>
/// <param name="log">What people should know of the run.</param>
internal sealed partial class InformationRun(
    SiteConfig config,
    string endpoint,
    InformationAccounts accounts,
    GocdbRegistry gocdb,
    InformationStore? store,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>One part may take a quarter of the time that the whole run has.</summary>
    private const int PartsOfDeadline = 4;

    /// <summary>Names of VOs that leave the site: nothing is said of them.</summary>
    public IReadOnlySet<string> Withdrawn { get; init; } = new HashSet<string>();

    /// <summary>Runs once.</summary>
    /// <param name="only">These VOs; empty: all.</param>
    /// <param name="progress">Told after each project.</param>
    /// <param name="ct">Ends the run without a document.</param>
    /// <exception cref="FedSiteException">The configuration can't be used, or a VO is not the site's.</exception>
    public async Task<SiteDocument> RunAsync(
        IReadOnlyList<string> only,
        IProgress<InformationProgress> progress,
        CancellationToken ct
    )
    {
        var limit = Duration.Parse(config.Information.Deadline);
        var created = time.GetUtcNow();
        using var deadline = new CancellationTokenSource(limit, time);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var registry = gocdb.AskAsync(stopped.Token);
        var certificates = TlsProbe.ProbeAsync(new Uri(endpoint), stopped.Token);
        try
        {
            var known = ReadKnown();
            var vos = new VoProjects(config, accounts, known, log);
            var shares = await FindSharesAsync(vos, limit / PartsOfDeadline, only, ct);
            await ReadAsync(shares, limit / PartsOfDeadline, deadline.Token, progress, ct);
            Recall(shares, known);
            var facts = new SiteFacts
            {
                SiteName = config.Site.Name,
                Endpoint = endpoint,
                Created = created,
                Authentication = accounts.AuthenticationName,
                Gocdb = await registry,
                Certificates = await certificates,
                Shares = Distinct(
                    shares
                        .Select(share => (share.Vo, Project: share.Source.Facts))
                        .Concat(vos.Closed.Where(share => IsWanted(share.Vo.Name, only)))
                        .Where(share => share.Project.Id is not null)
                        .Select(share => ShareOf(share.Vo, share.Project))
                ),
                ProjectsFailure = vos.Failure,
                Homeless =
                [
                    .. vos.Homeless.Where(vo => IsWanted(vo.Vo, only)),
                    .. shares.Where(s => s.Source.Facts.Id is null).Select(Nameless),
                ],
            };
            if (only.Count == 0)
                Remember(facts, known);
            foreach (var failure in facts.Homeless)
                Log.Homeless(log, failure.Vo, failure.Info);
            return new SiteDocument(facts, config.Information);
        }
        finally
        {
            await stopped.CancelAsync();
        }
    }

    private async Task<IReadOnlyList<(InformationVoConfig Vo, ProjectSource Source)>> FindSharesAsync(
        VoProjects vos,
        TimeSpan limit,
        IReadOnlyList<string> only,
        CancellationToken ct
    )
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var all = await vos.FindAsync(either.Token, ct);
        var known = all.Select(share => share.Vo.Name)
            .Concat(vos.Closed.Select(share => share.Vo.Name))
            .Concat(vos.Homeless.Select(vo => vo.Vo))
            .Distinct()
            .ToList();
        return only.FirstOrDefault(vo => !known.Contains(vo)) is { } unknown
            ? throw new FedSiteException(
                $"The site has no VO {unknown}.",
                $"Its VOs are: {string.Join(", ", known)}.",
                ExitCode.Usage
            )
            : [.. all.Where(share => IsWanted(share.Vo.Name, only))];
    }

    private bool IsWanted(string vo, IReadOnlyList<string> only) =>
        !Withdrawn.Contains(vo) && (only.Count == 0 || only.Contains(vo));

    private async Task ReadAsync(
        IReadOnlyList<(InformationVoConfig Vo, ProjectSource Source)> shares,
        TimeSpan partLimit,
        CancellationToken deadline,
        IProgress<InformationProgress> progress,
        CancellationToken ct
    )
    {
        var sources = shares.Select(share => share.Source).Distinct().ToList();
        var done = 0;
        var failures = new List<(CloudFacts Cloud, PartFailure Failure)>();
        await Parallel.ForEachAsync(
            sources,
            new ParallelOptions { MaxDegreeOfParallelism = config.Information.Parallel, CancellationToken = ct },
            async (source, stop) =>
            {
                var reading = new ProjectReading(
                    source,
                    partLimit,
                    time,
                    (part, why) => Log.PartFailed(log, source.Facts.Name ?? source.Facts.Id ?? VoOf(source), part, why),
                    deadline
                );
                await reading.ReadAsync(stop);
                lock (failures)
                {
                    failures.AddRange(reading.SiteFailures.Select(failure => (source.Facts.Cloud, failure)));
                    progress.Report(new InformationProgress(++done, sources.Count));
                }
            }
        );
        string VoOf(ProjectSource source) => $"of VO {shares.First(share => share.Source == source).Vo.Name}";

        foreach (var cloud in accounts.Clouds.Select(cloud => cloud.Facts))
        {
            // Another project may have been told what this one was refused.
            cloud.Failures =
            [
                .. failures
                    .Where(f => f.Cloud == cloud && !cloud.Knows(f.Failure.Part))
                    .Select(f => f.Failure)
                    .DistinctBy(failure => failure.Part)
                    .OrderBy(failure => failure.Part, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>The id of a project whose name could not be resolved now, from an earlier run.</summary>
    private static void Recall(
        IReadOnlyList<(InformationVoConfig Vo, ProjectSource Source)> shares,
        IReadOnlyList<KnownShare> before
    )
    {
        foreach (var (vo, source) in shares.Where(share => share.Source.Facts.Id is null))
        {
            var known = before.Where(share => share.Vo == vo.Name).ToList();
            var taken = shares.Select(share => share.Source.Facts.Id).ToHashSet();
            if (known.Find(share => !taken.Contains(share.Project)) is { } share)
            {
                source.Facts.Id = share.Project;
                source.Facts.Name = share.Name;
                source.Facts.Domain = share.Domain;
            }
        }
    }

    private IReadOnlyList<KnownShare> ReadKnown()
    {
        try
        {
            return store?.ReadShares() ?? [];
        }
        catch (StateException e)
        {
            Log.NoMemory(log, e.Message);
            return [];
        }
    }

    private void Remember(SiteFacts facts, IReadOnlyList<KnownShare> before)
    {
        if (store is null)
            return;
        var now = facts
            .Shares.Select(share =>
                share.Project.IsOpen
                    ? new KnownShare(share.Vo, share.Project.Id!, share.Project.Name, share.Project.Domain)
                    : before.FirstOrDefault(old => old.Vo == share.Vo && old.Project == share.Project.Id)
            )
            .OfType<KnownShare>();
        var homeless = facts.Homeless.Select(failure => failure.Vo).ToHashSet();
        var known = now.Concat(before.Where(share => homeless.Contains(share.Vo))).Distinct().ToList();
        // Mostly nothing has changed, and a write waits for the disk.
        if (known.ToHashSet().SetEquals(before))
            return;
        try
        {
            store.KeepShares(known);
        }
        catch (StateException e)
        {
            // The document is as good without: only the next run may miss it.
            Log.NoMemory(log, e.Message);
        }
    }

    /// <summary>
    /// Which project the VO's own account opens may show only now, and the property of that project may have named the VO.
    /// </summary>
    private static List<ShareFacts> Distinct(IEnumerable<ShareFacts> shares) =>
        [
            .. shares
                .GroupBy(share => (share.Vo, share.Project.Id))
                .Select(same => same.FirstOrDefault(share => share.Project.IsOpen) ?? same.First()),
        ];

    private ShareFacts ShareOf(InformationVoConfig vo, ProjectFacts project) =>
        new(vo.Name, project, vo.Networks ?? config.Information.Share.Networks, vo.Sla ?? config.Information.Share.Sla);

    private static VoFailure Nameless((InformationVoConfig Vo, ProjectSource Source) share) =>
        new(share.Vo.Name, share.Source.Facts.Failures is [var first, ..] ? first.Info : "its project is not known");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "VO {Vo} has no share in the document: {Info}")]
        public static partial void Homeless(ILogger log, string vo, string info);

        [LoggerMessage(LogLevel.Warning, "Projects of VOs are not remembered: {Error}")]
        public static partial void NoMemory(ILogger log, string error);

        [LoggerMessage(LogLevel.Warning, "Project {Project}: {Part} not known: {Error}")]
        public static partial void PartFailed(ILogger log, string? project, string part, string error);
    }
}
