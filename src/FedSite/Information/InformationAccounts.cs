using FedSite.Configuration;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;

namespace FedSite.Information;

/// <summary>Connections to the clouds of a site: one for each account, and what is shared for each cloud.</summary>
internal sealed class InformationAccounts : IDisposable
{
    private readonly Func<OpenStackConfig, CloudCredentials> _overlay;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly Dictionary<CloudCredentials, OpenStackCloud> _accounts = [];
    private readonly Dictionary<(CloudCredentials, TokenScope), ProjectSource> _sources = [];
    private readonly Dictionary<(Uri Keystone, string? Region, string Interface), CloudReading> _clouds = [];

    /// <param name="site">The site's account; null: each VO has one of its own.</param>
    /// <param name="overlay">A VO's account: the site's, with the keys that the VO's section gives.</param>
    /// <param name="time">For tokens and time-outs.</param>
    /// <param name="loggers">Where requests are logged.</param>
    public InformationAccounts(
        CloudCredentials? site,
        Func<OpenStackConfig, CloudCredentials> overlay,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        Site = site;
        _overlay = overlay;
        _time = time;
        _loggers = loggers;
    }

    public CloudCredentials? Site { get; }

    /// <summary>keystoneauth plugin of the site's account, or else of the first VO's.</summary>
    public string AuthenticationName =>
        AuthRules.NameOf((Site ?? _accounts.Keys.FirstOrDefault())?.AuthType ?? AuthType.Password);

    public IReadOnlyCollection<CloudReading> Clouds => _clouds.Values;

    /// <summary>HTTP requests sent so far, repeated ones included.</summary>
    public long Requests => _accounts.Values.Sum(account => account.Requests);

    /// <summary>The connection of the site's account.</summary>
    public OpenStackCloud Shared => Connect(Site!);

    /// <summary>A project that the site's account reads; the same one each time.</summary>
    public ProjectSource SourceOf(string projectId) => SourceOf(Site!, TokenScope.Project(projectId));

    /// <param name="section">The VO's own.</param>
    /// <param name="project">Null: the one that the account's scope names.</param>
    /// <exception cref="FedSiteException">The credentials can't be used.</exception>
    public ProjectSource SourceOf(OpenStackConfig section, ProjectRef? project)
    {
        var credentials = _overlay(section);
        if (project is not null && credentials.AuthType is not AuthType.ApplicationCredential)
        {
            credentials = credentials with
            {
                ProjectId = project.Id,
                ProjectName = project.Name,
                ProjectDomainName = project.Domain,
                ProjectDomainId = project is { Name: not null, Domain: null } ? "default" : null,
                SystemScope = false,
                DomainId = null,
                DomainName = null,
            };
        }

        var source = SourceOf(credentials, TokenScope.Configured);
        source.Facts.Id ??= project?.Id ?? credentials.ProjectId;
        return source;
    }

    public void Dispose()
    {
        foreach (var account in _accounts.Values)
            account.Dispose();
        foreach (var cloud in _clouds.Values)
            cloud.Dispose();
    }

    private ProjectSource SourceOf(CloudCredentials credentials, TokenScope scope)
    {
        if (!_sources.TryGetValue((credentials, scope), out var source))
        {
            source = new ProjectSource(Connect(credentials), CloudOf(credentials), scope);
            _sources.Add((credentials, scope), source);
        }

        return source;
    }

    private OpenStackCloud Connect(CloudCredentials credentials)
    {
        if (!_accounts.TryGetValue(credentials, out var account))
        {
            var neighbour = _accounts.FirstOrDefault(pair => KeyOf(pair.Key) == KeyOf(credentials)).Value;
            account = neighbour is null
                ? OpenStackCloud.Connect(credentials, _time, _loggers)
                : OpenStackCloud.ConnectBeside(neighbour, credentials, _time, _loggers);
            _accounts.Add(credentials, account);
        }

        return account;
    }

    private static (Uri Keystone, string? Region, string Interface) KeyOf(CloudCredentials credentials) =>
        (credentials.AuthUrl, credentials.RegionName, credentials.Interface);

    private CloudReading CloudOf(CloudCredentials credentials)
    {
        var key = KeyOf(credentials);
        if (!_clouds.TryGetValue(key, out var cloud))
        {
            cloud = new CloudReading();
            _clouds.Add(key, cloud);
        }

        return cloud;
    }
}
