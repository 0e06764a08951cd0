using System.Collections.Concurrent;
using FedSite.Configuration;

namespace FedSite.Accounting;

public sealed partial class Extraction
{
    /// <summary>One run: its shared sources, and what its projects came to.</summary>
    private sealed class Job : IDisposable
    {
        /// <summary>
        /// After so many finished projects the messages begun so far are queued and the projects' windows recorded, so
        /// that a run that is killed has not worked in vain.
        /// </summary>
        private const int ProjectsPerCheckpoint = 64;

        /// <summary>Objects kept of a run; more are only counted.</summary>
        private const int MaxQuarantined = 1000;

        private readonly Extraction _owner;
        private readonly ExtractionRequest _request;
        private readonly DateTimeOffset _to;
        private readonly long? _run;
        private readonly RecordSpooler _spooler;
        private readonly IProgress<ExtractionProgress> _progress;
        private readonly int _total;
        private readonly RunSources _sources;
        private readonly ImageDirectory _images;
        private readonly string _service;
        private readonly SemaphoreSlim _checkpoint = new(1, 1);
        private readonly ConcurrentBag<ProjectResult> _results = [];
        private readonly List<(ProjectResult Result, FinishedWindow Window)> _waiting = [];
        private int _done;
        private long _records;
        private int _quarantined;
        private int _specsHidden;
        private int _ahead;

        public Job(
            Extraction owner,
            ExtractionRequest request,
            DateTimeOffset now,
            DateTimeOffset to,
            long? run,
            RecordSpooler spooler,
            IProgress<ExtractionProgress> progress,
            int total
        )
        {
            _owner = owner;
            _request = request;
            _to = to;
            _run = run;
            _spooler = spooler;
            _progress = progress;
            _total = total;
            var config = owner._config;
            var credentials = owner._cloud.Credentials;
            _service = config.Site.Service ?? (LikeCaso ? config.Site.Name : credentials.AuthUrl.Host);
            _images = new ImageDirectory(owner._cloud.Image, owner._log);
            var scoped = credentials.SystemScope || (credentials.ProjectName ?? credentials.ProjectId) is not null;
            _sources = new RunSources(
                owner._cloud,
                config.Accounting,
                new UserDirectory(owner._cloud.Identity, scoped, owner._log),
                _images,
                new FlavorDirectory(owner._cloud.Compute, config.Accounting, owner._log),
                new RecordBuilder(config.Site.Name, _service, config.Accounting),
                spooler,
                owner._store,
                now,
                request.IsManual,
                Remembers: run is not null,
                Quarantine,
                SpecsHidden,
                Counted
            );
        }

        private bool LikeCaso => _owner._config.Accounting.Compat is AccountingConfig.Caso5;

        public IReadOnlyList<ProjectResult> Results =>
            [.. _results.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Project).ThenBy(r => r.Kind)];

        /// <summary>Reads one project; its failure is a result, not an exception.</summary>
        public async ValueTask ReadAsync(ProjectChoice project, CancellationToken cancel)
        {
            var windows = Windows(project);
            if (windows.Count > 0)
            {
                var extraction = new ProjectExtraction(project, windows, _sources);
                await extraction.RunAsync(cancel);
                await KeepAsync(project, extraction.Outputs, cancel);
            }

            var done = Interlocked.Increment(ref _done);
            _progress.Report(new ExtractionProgress(done, _total, Interlocked.Read(ref _records)));
            if (done % ProjectsPerCheckpoint == 0)
            {
                await CheckpointAsync(cancel);
            }
        }

        /// <summary>Queues what was begun; only then are the windows of finished projects good.</summary>
        public async Task CheckpointAsync(CancellationToken cancel)
        {
            await _checkpoint.WaitAsync(cancel);
            try
            {
                await _spooler.FlushAsync(cancel);
                if (_run is { } run && !_request.IsManual)
                {
                    _owner._store.Advance(run, [.. _waiting.Select(w => w.Window)]);
                }

                Settle(null);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                var kinds = string.Join(", ", _waiting.Select(w => w.Result.Kind.Word()).Distinct());
                Log.ProjectFailed(
                    _owner._log,
                    $"({_waiting.Count} of them)",
                    kinds,
                    WithNextStep(e.Message, (e as FedSiteException)?.NextStep)
                );
                Settle(e.Message);
            }
            finally
            {
                _checkpoint.Release();
            }
        }

        /// <summary>Writes down how the run ended.</summary>
        public void End(bool interrupted)
        {
            if (_run is { } run)
            {
                var failed = _results.Count(r => r.Error is not null);
                var outcome =
                    interrupted || (failed > 0 && failed == _results.Count) ? "failed"
                    : failed > 0 ? "partly"
                    : "done";
                _owner._store.EndRun(run, outcome, Results);
            }
        }

        public void Dispose()
        {
            _images.Dispose();
            _checkpoint.Dispose();
        }

        private List<KindWindow> Windows(ProjectChoice project)
        {
            var windows = new List<KindWindow>();
            foreach (var kind in _request.Kinds.Count > 0 ? _request.Kinds : _owner._config.Accounting.Kinds)
            {
                var key = new WindowKey(
                    _owner._config.Site.Name,
                    _owner._cloud.Credentials.RegionName ?? "",
                    _service,
                    project.Id!,
                    kind.Word()
                );
                var window = UsageWindow.Of(_request.From ?? Start(key), End(kind));
                if (window.From > window.To && Interlocked.Exchange(ref _ahead, 1) == 0)
                {
                    Log.WindowAhead(_owner._log, project.Name, window.From, window.To);
                }

                var months = Months(kind, window);
                if (months.Count > 0)
                {
                    windows.Add(new KindWindow(kind, key, window, months));
                }
            }

            return windows;
        }

        /// <summary>cASO begins a second after its last run, and in 1970 when there was none.</summary>
        private DateTimeOffset Start(WindowKey key) =>
            _owner._store.GoodUntil(key) is { } good ? (LikeCaso ? good.AddSeconds(1) : good)
            : LikeCaso ? DateTimeOffset.UnixEpoch
            : UsageWindow.MonthStart(_to);

        /// <summary>A month's last second means the whole month to accelerators, whose months add up to the second.</summary>
        private DateTimeOffset End(RecordKind kind)
        {
            var next = _to.AddSeconds(1);
            return kind is RecordKind.Accelerator && next == UsageWindow.MonthStart(next) && !LikeCaso ? next : _to;
        }

        private List<UsageWindow> Months(RecordKind kind, UsageWindow window) =>
            kind is RecordKind.Accelerator ? [.. window.Months(TimeSpan.Zero)]
            : !LikeCaso ? [.. window.Months(TimeSpan.FromSeconds(1))]
            : window.IsEmpty ? []
            : [window];

        private async Task KeepAsync(ProjectChoice project, IReadOnlyList<KindOutput> outputs, CancellationToken cancel)
        {
            Log.ProjectDone(_owner._log, project.Name, outputs.Sum(o => o.Records), outputs.Sum(o => o.Quarantined));
            if (outputs.Sum(o => o.Quarantined) is > 0 and var quarantined)
            {
                Log.Quarantined(_owner._log, project.Name, quarantined);
            }

            foreach (var failure in outputs.Where(o => o.Error is not null).GroupBy(o => (o.Error, o.NextStep)))
            {
                var kinds = string.Join(", ", failure.Select(o => o.Kind.Word()));
                Log.ProjectFailed(
                    _owner._log,
                    project.Name,
                    kinds,
                    WithNextStep(failure.Key.Error!, failure.Key.NextStep)
                );
            }

            await _checkpoint.WaitAsync(cancel);
            try
            {
                foreach (var output in outputs)
                {
                    var result = Result(project, output);
                    if (result.Error is null)
                    {
                        _waiting.Add((result, new FinishedWindow(output.Key, output.Window.To, output.Reported)));
                    }
                    else
                    {
                        _results.Add(result);
                    }
                }
            }
            finally
            {
                _checkpoint.Release();
            }
        }

        private static ProjectResult Result(ProjectChoice project, KindOutput output) =>
            new()
            {
                Project = project.Id!,
                Name = project.Name,
                Vo = project.Vo!,
                Kind = output.Kind,
                From = output.Window.From,
                To = output.Window.To,
                Records = output.Records,
                Quarantined = output.Quarantined,
                Error = output.Error,
            };

        private static string WithNextStep(string error, string? next) =>
            next is null ? error : $"{error.TrimEnd('.')}. {next}";

        private void Settle(string? error)
        {
            foreach (var (result, _) in _waiting)
            {
                _results.Add(error is null ? result : result with { Error = error });
            }

            _waiting.Clear();
        }

        private void Quarantine(QuarantinedObject quarantined)
        {
            if (_run is { } run && Interlocked.Increment(ref _quarantined) <= MaxQuarantined)
            {
                _owner._store.Quarantine(run, quarantined);
            }
        }

        private void SpecsHidden(string project)
        {
            if (Interlocked.Exchange(ref _specsHidden, 1) == 0)
            {
                Log.SpecsHidden(_owner._log, project);
            }
        }

        private void Counted()
        {
            var records = Interlocked.Increment(ref _records);
            if (records % 5000 == 0)
            {
                _progress.Report(new ExtractionProgress(_done, _total, records));
            }
        }
    }
}
