namespace FedSite.Information.Gocdb;

/// <summary>What GOCDB says about the site's endpoint.</summary>
public sealed record GocdbAnswer
{
    /// <summary>Id of the endpoint's service, for instance <c>7513G0</c>; null: not known.</summary>
    public string? EndpointId { get; init; }

    /// <summary>Name of the site that has the endpoint; with <see cref="EndpointId"/> or not at all.</summary>
    public string? SiteName { get; init; }

    /// <summary>Where <see cref="EndpointId"/> comes from.</summary>
    public required GocdbState State { get; init; }

    /// <summary>What is odd about it, in words that may be published; null: nothing.</summary>
    public string? Info { get; init; }

    /// <summary>Downtimes that go on now and concern the endpoint, the earliest first.</summary>
    public IReadOnlyList<Downtime> Downtimes { get; init; } = [];

    /// <summary>False: GOCDB did not say whether there are downtimes.</summary>
    public bool DowntimesKnown { get; init; }
}

/// <summary>Where the endpoint's id comes from.</summary>
public enum GocdbState
{
    /// <summary>GOCDB has just said it.</summary>
    Current,

    /// <summary>GOCDB said it some time ago.</summary>
    Cached,

    /// <summary>The configuration says it; GOCDB was not asked.</summary>
    Configured,

    /// <summary>There is none.</summary>
    Unknown,
}

/// <summary>A time in which an endpoint is not, or may not be, what users expect.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC.</param>
/// <param name="Description">As somebody of the site wrote it; may be empty.</param>
public sealed record Downtime(DowntimeSeverity Severity, DateTimeOffset Start, DateTimeOffset End, string Description);

/// <summary>How bad a downtime is.</summary>
public enum DowntimeSeverity
{
    /// <summary>Nothing works.</summary>
    Outage,

    /// <summary>Something may fail.</summary>
    Warning,
}
