using System.Globalization;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;

namespace FedSite.Accounting;

/// <summary>
/// Reads the usage of a site's projects from OpenStack and queues it as messages. Projects are read in parallel and
/// independently: the failure of one costs the others nothing.
/// </summary>
public sealed partial class Extraction
{
    private readonly SiteConfig _config;
    private readonly OpenStackCloud _cloud;
    private readonly AccountingStore _store;
    private readonly Outbox _outbox;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public Extraction(
        SiteConfig config,
        OpenStackCloud cloud,
        AccountingStore store,
        Outbox outbox,
        TimeProvider time,
        ILogger log
    )
    {
        _config = config;
        _cloud = cloud;
        _store = store;
        _outbox = outbox;
        _time = time;
        _log = log;
    }

    /// <summary>Runs once. The caller holds the lock <c>accounting</c>.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="progress">Told after each project, and now and then between.</param>
    /// <param name="cancel">Ends the run; what is in the spool stays there.</param>
    /// <exception cref="FedSiteException">The request is wrong, or no project can be read at all.</exception>
    public async Task<ExtractionResult> RunAsync(
        ExtractionRequest request,
        IProgress<ExtractionProgress> progress,
        CancellationToken cancel
    )
    {
        // One time for all of the run, so that its windows and what it notes agree.
        var now = _time.GetUtcNow();
        var to = End(request, now);
        var selection = new ProjectSelection(_cloud, _config, _log);
        var choices = await selection.ChooseAsync(request.Projects, cancel);
        foreach (var missing in choices.Where(c => c.IsFault))
        {
            Log.NotAccounted(_log, missing.Name, missing.Reason);
        }

        var accounted = choices.Where(c => c.Accounted).ToList();
        if (accounted.Count == 0)
        {
            Log.NoProjects(_log);
        }

        var run = request.DryRun ? (long?)null : _store.StartRun(request.IsManual);
        using var spooler = new RecordSpooler(_outbox, _config.Accounting, run);
        using var job = new Job(this, request, now, to, run, spooler, progress, accounted.Count);
        try
        {
            await Parallel.ForEachAsync(
                accounted,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = _config.Accounting.Parallel,
                    CancellationToken = cancel,
                },
                job.ReadAsync
            );
            await job.CheckpointAsync(cancel);
        }
        finally
        {
            job.End(cancel.IsCancellationRequested);
        }

        return new ExtractionResult
        {
            Run = run,
            Projects = job.Results,
            Accounted = accounted.Count,
            Missing = [.. choices.Where(c => c.IsFault)],
            Messages = spooler.Messages,
            Requests = _cloud.Requests,
        };
    }

    private DateTimeOffset End(ExtractionRequest request, DateTimeOffset now)
    {
        var to = request.To ?? now;
        if (to > now)
        {
            Log.FutureEnd(_log, to, now);
            to = now;
        }

        return request.From >= to
            ? throw new FedSiteException(
                string.Create(CultureInfo.InvariantCulture, $"--from {request.From:u} is not before --to {to:u}."),
                "Give a window with --from before --to; both take ISO 8601, for instance 2026-10-01T00:00:00Z.",
                ExitCode.Usage
            )
            : to;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Project {Project} is not accounted: {Reason}")]
        public static partial void NotAccounted(ILogger log, string project, string reason);

        [LoggerMessage(LogLevel.Warning, "--to {To:u} lies in the future; {Now:u} is used")]
        public static partial void FutureEnd(ILogger log, DateTimeOffset to, DateTimeOffset now);

        [LoggerMessage(LogLevel.Error, "Project {Project} failed, its window stays open ({Kinds}): {Error}")]
        public static partial void ProjectFailed(ILogger log, string project, string kinds, string error);

        [LoggerMessage(
            LogLevel.Warning,
            "Project {Project} is accounted until {From:u} already, later than {To:u}: nothing is read. If the clock was wrong once, account the gap with --from and --to"
        )]
        public static partial void WindowAhead(ILogger log, string project, DateTimeOffset from, DateTimeOffset to);

        [LoggerMessage(
            LogLevel.Warning,
            "Nova hides the extra specs of flavors (seen in project {Project}): benchmarks and accelerators are missing from the records. Allow the account os_compute_api:os-flavor-extra-specs:index, then account the time again with --from"
        )]
        public static partial void SpecsHidden(ILogger log, string project);

        [LoggerMessage(
            LogLevel.Error,
            "No project is accounted: the account has a role in no project that `vos`, the tag or a VO property marks. See `fedsite accounting projects` and `fedsite check`"
        )]
        public static partial void NoProjects(ILogger log);

        [LoggerMessage(
            LogLevel.Error,
            "Project {Project}: {Quarantined} objects gave no valid record: see `fedsite accounting show --quarantined`"
        )]
        public static partial void Quarantined(ILogger log, string project, long quarantined);

        [LoggerMessage(LogLevel.Debug, "Project {Project}: {Records} records, {Quarantined} objects quarantined")]
        public static partial void ProjectDone(ILogger log, string project, long records, long quarantined);
    }
}
