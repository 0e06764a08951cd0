using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.Checks;

/// <summary>The site that checks look at.</summary>
public sealed record CheckSubject
{
    /// <summary>Its configuration.</summary>
    public required SiteConfig Site { get; init; }

    /// <summary>The queues that records of the kinds switched on go to.</summary>
    internal IEnumerable<QueueConfig> QueuesInUse =>
        Site.Accounting.Kinds.Contains(RecordKind.Storage)
            ? [Site.Messaging.Queues.Cloud, Site.Messaging.Queues.Storage]
            : [Site.Messaging.Queues.Cloud];

    /// <summary>Where the configuration came from, for messages.</summary>
    public required string SiteFile { get; init; }

    /// <summary>Folder of the state database and locks.</summary>
    public required string StateFolder { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What is doubtful in the configuration, as sentences.</summary>
    public IReadOnlyList<string> ConfigurationWarnings { get; init; } = [];

    /// <summary>A connection to the cloud as accounting sees it, of the caller's own; throws when no account is known.</summary>
    public required Func<OpenStackCloud> ConnectCloud { get; init; }

    /// <summary>The same with the account of another section <c>openstack</c>; null: the site's.</summary>
    public required Func<OpenStackConfig?, OpenStackCloud> ConnectAs { get; init; }

    /// <summary>Keystone's URL as GOCDB should have it.</summary>
    /// <exception cref="FedSiteException">It is not configured, and no account is known.</exception>
    internal string Endpoint()
    {
        if ((Site.Information.Endpoint ?? Site.Federation?.Keystone) is { } url)
            return url;
        using var cloud = ConnectAs(Site.Information.OpenStack);
        return cloud.Credentials.AuthUrl.AbsoluteUri;
    }
}
