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
    public async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken)
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
        using var shown = _context.Progress("Reading projects");
        var progress = new Shown<ExtractionProgress>(p =>
            shown.Report(p.Done, p.Total, string.Create(CultureInfo.InvariantCulture, $"{p.Records:N0} records"))
        );
        return await extraction.RunAsync(request, progress, cancellationToken);
    }

    /// <summary>Signs and sends what is queued.</summary>
    public async Task<IReadOnlyList<SendReport>> SendAsync(CancellationToken cancellationToken)
    {
        using var shown = _context.Progress("Sending messages");
        var progress = new Shown<SendProgress>(p => shown.Report(p.Done, p.Total));
        return await Outbox.SendAsync(progress, cancellationToken);
    }

    public void Dispose() => _cloud.Dispose();

    /// <summary>Shows each step at once; <c>System.Progress</c> would do so later, and out of order.</summary>
    private sealed class Shown<T>(Action<T> show) : IProgress<T>
    {
        public void Report(T value) => show(value);
    }
}
