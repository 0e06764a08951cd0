using System.Globalization;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.OpenStack;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.App.Commands;

/// <summary>What the accounting commands work with.</summary>
internal sealed class AccountingSession : IDisposable
{
    private readonly CommandContext _context;
    private readonly OpenStackCloud _cloud;
    private readonly ILogger _log;

    private AccountingSession(CommandContext context, OpenStackCloud cloud)
    {
        _context = context;
        _cloud = cloud;
        _log = context.Loggers.CreateLogger("FedSite.Accounting");
    }

    private SiteConfig Config => _context.Site;

    private Outbox Outbox => field ??= Outbox.Open(Config, _context.Time, _context.Loggers);

    /// <summary>Reads the configuration; touches neither network nor state.</summary>
    public static AccountingSession Open(CommandContext context) =>
        new(context, context.ConnectCloud(context.Site.Accounting.OpenStack));

    public Task<IReadOnlyList<ProjectChoice>> ChooseAsync(CancellationToken cancellationToken) =>
        new ProjectSelection(_cloud, Config, _log).ChooseAsync([], cancellationToken);

    /// <summary>Extracts, alone among all runs on this state folder.</summary>
    /// <param name="request">What to extract.</param>
    /// <param name="what">What is being done, for people who wait.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<ExtractionResult> ExtractAsync(
        ExtractionRequest request,
        string what,
        CancellationToken cancellationToken
    )
    {
        var state = _context.OpenState();
        using var alone = RunLock.Acquire(state.Folder, "accounting", _context.Time);
        var extraction = new Extraction(
            Config,
            _cloud,
            new AccountingStore(state, _context.Time),
            Outbox,
            _context.Time,
            _log
        );
        using var shown = _context.Progress(what);
        var progress = new Shown<ExtractionProgress>(p =>
            shown.Report(p.Done, p.Total, string.Create(CultureInfo.InvariantCulture, $"{p.Records:N0} records"))
        );
        return await extraction.RunAsync(request, progress, cancellationToken);
    }

    /// <summary>Signs and sends what is queued.</summary>
    public async Task<IReadOnlyList<SendReport>> SendAsync(string what, CancellationToken cancellationToken)
    {
        using var shown = _context.Progress(what);
        var progress = new Shown<SendProgress>(p => shown.Report(p.Done, p.Total));
        return await Outbox.SendAsync(progress, cancellationToken);
    }

    /// <summary>What sending would do with what is queued now.</summary>
    public Task<IReadOnlyList<RehearsedMessage>> RehearseAsync(CancellationToken cancellationToken) =>
        Outbox.RehearseAsync(cancellationToken);

    public void Dispose() => _cloud.Dispose();

    /// <summary>Shows each step at once; <c>System.Progress</c> would do so later, and out of order.</summary>
    private sealed class Shown<T>(Action<T> show) : IProgress<T>
    {
        public void Report(T value) => show(value);
    }
}
