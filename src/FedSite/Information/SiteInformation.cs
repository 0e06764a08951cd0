using System.Globalization;
using FedSite.Configuration;
using FedSite.Federation.Retirement;
using FedSite.Information.Comparison;
using FedSite.Information.Documents;
using FedSite.Information.Gocdb;
using FedSite.Information.Publishing;
using FedSite.Information.Validation;
using FedSite.OpenStack;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Information;

/// <summary>The information of one site: making its document, and publishing it.</summary>
public sealed partial class SiteInformation : IDisposable
{
    private static readonly string[] Offers =
    [
        "CloudComputingImage[",
        "CloudComputingInstanceType[",
        "CloudComputingVirtualAccelerator[",
    ];

    private readonly SiteConfig _config;
    private readonly HostEnvironment _environment;
    private readonly StateDatabase? _state;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly InformationAccounts _accounts;
    private readonly InformationStore? _store;
    private readonly List<OpenStackCloud> _storeAccounts = [];

    /// <summary>Touches neither network nor files.</summary>
    /// <param name="config">The site.</param>
    /// <param name="account">The site's account; null: each VO has one of its own.</param>
    /// <param name="environment">Where other accounts may come from.</param>
    /// <param name="state">What earlier runs learned; null: nothing is known, and nothing remembered.</param>
    /// <param name="time">For times and limits.</param>
    /// <param name="loggers">What people should know of a run.</param>
    /// <exception cref="FedSiteException">The configuration can't be used.</exception>
    public SiteInformation(
        SiteConfig config,
        CloudCredentials? account,
        HostEnvironment environment,
        StateDatabase? state,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _config = config;
        _environment = environment;
        _state = state;
        _time = time;
        _loggers = loggers;
        _accounts = new InformationAccounts(
            account,
            section => CloudCredentialsSource.Overlay(account, section, environment),
            time,
            loggers
        );
        Endpoint = EndpointOf(config, account);
        _store = state is null ? null : new InformationStore(state, config.Site.Name, Endpoint, time);
    }

    /// <summary>Keystone's URL as the federation knows it.</summary>
    public string Endpoint { get; }

    /// <summary>HTTP requests sent to the cloud so far, repeated ones included.</summary>
    public long Requests => _accounts.Requests;

    /// <summary>What was published last; null: nothing is known of it.</summary>
    public byte[]? LastDocument => _store?.ReadDocument();

    /// <summary>Reads the site.</summary>
    /// <param name="vos">These alone; empty: all.</param>
    /// <param name="progress">Told after each project.</param>
    /// <param name="ct">Ends it without a document.</param>
    /// <exception cref="FedSiteException">The configuration can't be used, or a VO is not the site's.</exception>
    public async Task<SiteDocument> MakeAsync(
        IReadOnlyList<string> vos,
        IProgress<InformationProgress> progress,
        CancellationToken ct
    )
    {
        var log = _loggers.CreateLogger("FedSite.Information");
        var registry = new GocdbRegistry(
            _config.Information.Gocdb,
            _config.Site.Name,
            new Uri(Endpoint),
            _state,
            _time,
            log
        );
        var run = new InformationRun(_config, Endpoint, _accounts, registry, _store, _time, log)
        {
            Withdrawn = Withdrawn(),
        };
        return await run.RunAsync(vos, progress, ct);
    }

    private IReadOnlySet<string> Withdrawn()
    {
        try
        {
            return RetirementStore.Withdrawn(_config, _state, _time);
        }
        catch (StateException e)
        {
            // What the others offer is worth more than that one more is named.
            Log.Unknown(_loggers.CreateLogger("FedSite.Information"), e.Message);
            return new HashSet<string>();
        }
    }

    /// <summary>Where the document goes. The caller disposes of them.</summary>
    /// <param name="wanted">Values of <c>--to</c>; none: all that are configured.</param>
    /// <exception cref="FedSiteException">There is none, or one can't be used.</exception>
    public IReadOnlyList<DocumentTarget> Targets(IReadOnlyList<string> wanted) => DocumentTargets().Select(wanted);

    private DocumentTargets DocumentTargets() => new(_config, Endpoint, ConnectStore, _environment, _time, _loggers);

    /// <summary>What a document lost against the last one; null: there is none to compare with.</summary>
    /// <param name="document">The new one.</param>
    /// <param name="targets">Asked where nothing is remembered.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<DocumentLoss?> LossAsync(
        byte[] document,
        IReadOnlyList<DocumentTarget> targets,
        CancellationToken ct
    )
    {
        var before = LastDocument ?? await ReadPublishedAsync(targets, ct);
        return before is null ? null : DocumentLoss.Of(before, document);
    }

    /// <summary>The largest loss that goes out without being forced, in percent.</summary>
    public int MaxLoss => int.Parse(_config.Information.MaxLoss.TrimEnd('%'), CultureInfo.InvariantCulture);

    /// <summary>
    /// What keeps a document from going out: its readers could not use it. An odd image or flavor costs itself alone, and
    /// a site whose id is not known now goes out all the same: both are told in the log.
    /// </summary>
    public IReadOnlyList<DocumentFinding> Faults(byte[] document)
    {
        var errors = DocumentValidator
            .Check(document, _time.GetUtcNow())
            .Where(finding => finding.Severity is DocumentSeverity.Error)
            .ToLookup(IsTolerable);
        foreach (var finding in errors[true])
            Log.Odd(_loggers.CreateLogger("FedSite.Information"), finding.ObjectId ?? finding.Where, finding.What);
        return [.. errors[false]];
    }

    private static bool IsTolerable(DocumentFinding finding) =>
        finding.Where.StartsWith(DocumentValidator.GocdbPlace, StringComparison.Ordinal)
        || (
            Offers.Any(place => finding.Where.StartsWith(place, StringComparison.Ordinal))
            && !finding.What.Contains(Contract.Dropped, StringComparison.Ordinal)
        );

    /// <summary>
    /// Publishes at all targets, each on its own, and remembers the document if one of the site's own took it. A target that takes
    /// longer than the deadline of a run has failed.
    /// </summary>
    public async Task<IReadOnlyList<TargetOutcome>> PublishAsync(
        byte[] document,
        IReadOnlyList<DocumentTarget> targets,
        CancellationToken ct
    )
    {
        var limit = Duration.Parse(_config.Information.Deadline);
        var outcomes = await Publication.PublishAsync(document, targets, limit, _time, ct);
        if (outcomes.Any(outcome => outcome.IsDone && IsTheSites(outcome)))
            Keep(document);
        return outcomes;
    }

    /// <summary>A copy in a place of the moment tells nothing about what the federation reads.</summary>
    private bool IsTheSites(TargetOutcome outcome) =>
        _config.Information.Publish.Count == 0 || DocumentTargets().Names.Contains(outcome.Name);

    private void Keep(byte[] document)
    {
        try
        {
            _store?.KeepDocument(document);
        }
        catch (StateException e)
        {
            // It is published all the same.
            Log.NotKept(_loggers.CreateLogger("FedSite.Information"), e.Message);
        }
    }

    public void Dispose()
    {
        _accounts.Dispose();
        foreach (var account in _storeAccounts)
            account.Dispose();
    }

    private static string EndpointOf(SiteConfig config, CloudCredentials? account)
    {
        var url =
            config.Information.Endpoint
            ?? config.Federation?.Keystone
            ?? account?.AuthUrl.AbsoluteUri
            ?? throw new ConfigurationException(
                "The site's Keystone is not known: neither `openstack` nor `information.endpoint` names it.",
                "Write `endpoint`, as GOCDB has it, under `information` of site.yaml."
            );
        // Ids of old documents have the URL as it was written.
        return config.Information.Compat is InformationConfig.Provider12 ? url : url.TrimEnd('/');
    }

    private static async Task<byte[]?> ReadPublishedAsync(IReadOnlyList<DocumentTarget> targets, CancellationToken ct)
    {
        foreach (var target in targets)
        {
            try
            {
                if (await target.ReadAsync(ct) is { } published)
                    return published;
            }
            catch (FedSiteException)
            {
                // One that can't be read may still be written; the next may tell.
            }
        }

        return null;
    }

    private OpenStackCloud ConnectStore(OpenStackConfig? own)
    {
        var credentials = own is null
            ? _accounts.Site
                ?? throw new ConfigurationException(
                    "The Swift target has no account, and the site has none either.",
                    "Write `openstack` into the target, under `information.publish` of site.yaml."
                )
            : CloudCredentialsSource.Resolve(own, osCloud: null, _environment);
        var account = OpenStackCloud.Connect(credentials, _time, _loggers);
        _storeAccounts.Add(account);
        return account;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What}: {Fault}")]
        public static partial void Odd(ILogger log, string what, string fault);

        [LoggerMessage(LogLevel.Warning, "Which VOs leave the site is not known, so all are told of: {Fault}")]
        public static partial void Unknown(ILogger log, string fault);

        [LoggerMessage(
            LogLevel.Warning,
            "The document is published, but not remembered; the next one is compared with an older one: {Fault}"
        )]
        public static partial void NotKept(ILogger log, string fault);
    }
}
