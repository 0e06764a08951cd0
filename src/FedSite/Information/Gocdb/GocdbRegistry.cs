using FedSite.Configuration;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Information.Gocdb;

/// <summary>
/// What the federation's registry of sites knows about an endpoint. When it is down, what it said before counts.
/// </summary>
/// <param name="site">Its name in the configuration.</param>
/// <param name="endpoint">Keystone's URL as GOCDB should have it.</param>
/// <param name="state">Where answers are kept; null: nowhere.</param>
public sealed partial class GocdbRegistry(
    GocdbConfig config,
    string site,
    Uri endpoint,
    StateDatabase? state,
    TimeProvider time,
    ILogger logger
)
{
    private readonly GocdbStore? _store = state is null ? null : new GocdbStore(state, site, endpoint);

    /// <summary>Asks for the endpoint, unless configuration or cache have it, and for its downtimes.</summary>
    /// <returns>What is known; a GOCDB that fails is part of it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<GocdbAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var known = config.Id is null ? Remembered() : null;
        var isAsked = config.Id is null && !IsFresh(known);
        var looking = TryAsync(async gocdb =>
            isAsked
                ? GocdbClient.Choose(await gocdb.ListAsync(endpoint, site, cancellationToken), endpoint, site)
                : null
        );
        var listing = TryAsync(gocdb => gocdb.ListDowntimesAsync(known?.SiteName ?? site, cancellationToken));
        var (service, fault) = await looking;
        var (downtimes, downtimeFault) = await listing;

        var answer =
            config.Id is { } id
                ? new GocdbAnswer
                {
                    State = GocdbState.Configured,
                    EndpointId = id,
                    SiteName = site,
                }
            : !isAsked ? Cached(known!, fault: null)
            : fault is not null ? Old(known, fault)
            : Current(service);
        return answer with
        {
            Downtimes = ServiceDowntime.Concerning(endpoint, service?.Host ?? known?.Host, downtimes ?? []),
            DowntimesKnown = downtimeFault is null,
        };
    }

    private GocdbAnswer Current(GocdbService? service)
    {
        if (service is null)
        {
            LogUnknown(logger, endpoint);
            Keep(known: null);
            return new GocdbAnswer
            {
                State = GocdbState.Unknown,
                Info = $"GOCDB has no service {GocdbClient.ServiceType} with this URL",
            };
        }

        var known = new KnownEndpoint(service.Id, service.SiteName ?? site, service.Host, time.GetUtcNow());
        Keep(known);
        return Cached(known, fault: null) with { State = GocdbState.Current };
    }

    private GocdbAnswer Old(KnownEndpoint? known, string fault) =>
        known is null ? new GocdbAnswer { State = GocdbState.Unknown, Info = fault } : Cached(known, fault);

    private GocdbAnswer Cached(KnownEndpoint known, string? fault)
    {
        var isOurs = GocdbClient.IsSameSite(known.SiteName, site);
        if (!isOurs)
            LogOtherSite(logger, endpoint, known.SiteName, site);
        string?[] remarks =
        [
            fault is null ? null : $"{fault}; id of {known.Fetched:yyyy-MM-dd} used",
            isOurs ? null : $"GOCDB has the endpoint at site {known.SiteName}, not {site}",
        ];
        var info = string.Join("; ", remarks.OfType<string>());
        return new GocdbAnswer
        {
            State = GocdbState.Cached,
            EndpointId = known.Id,
            SiteName = known.SiteName,
            Info = info.Length > 0 ? info : null,
        };
    }

    private async Task<(T? Value, string? Fault)> TryAsync<T>(Func<GocdbClient, Task<T>> ask)
        where T : class?
    {
        try
        {
            using var client = new GocdbClient(config, time, logger);
            return (await ask(client), null);
        }
        catch (GocdbException e)
        {
            LogFault(logger, e.Message);
            return (null, e.Published);
        }
        catch (FedSiteException e)
        {
            LogFault(logger, e.Message);
            return (null, "GOCDB could not be asked");
        }
    }

    // A clock that was wrong and is right again must not make an answer last for years.
    private bool IsFresh(KnownEndpoint? known) =>
        known is not null
        && known.Fetched <= time.GetUtcNow()
        && time.GetUtcNow() - known.Fetched < Duration.Parse(config.Cache);

    private KnownEndpoint? Remembered()
    {
        try
        {
            return _store?.Read();
        }
        catch (StateException e)
        {
            LogNoCache(logger, e.Message);
            return null;
        }
    }

    /// <param name="known">Null: nothing any more.</param>
    private void Keep(KnownEndpoint? known)
    {
        try
        {
            if (known is null)
                _store?.Forget();
            else
                _store?.Write(known);
        }
        catch (StateException e)
        {
            LogNoCache(logger, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Fault}")]
    private static partial void LogFault(ILogger logger, string fault);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "GOCDB has no service org.openstack.nova with the URL {Endpoint}; without it users don't find the site"
    )]
    private static partial void LogUnknown(ILogger logger, Uri endpoint);

    [LoggerMessage(3, LogLevel.Warning, "GOCDB has {Endpoint} at the site {Name}, not at {Site}")]
    private static partial void LogOtherSite(ILogger logger, Uri endpoint, string name, string site);

    [LoggerMessage(4, LogLevel.Warning, "What GOCDB says is not remembered: {Fault}")]
    private static partial void LogNoCache(ILogger logger, string fault);
}
