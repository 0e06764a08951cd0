using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox;

/// <summary>The services of the sandbox.</summary>
public enum SandboxService
{
    Keystone,
    Nova,
    Glance,
    Neutron,
    Cinder,

    /// <summary>The messaging service.</summary>
    Ams,

    /// <summary>The service that gives tokens for it.</summary>
    AmsTokens,

    /// <summary>The OpenID provider.</summary>
    OpenId,

    /// <summary>The registry of sites.</summary>
    Gocdb,

    Swift,

    /// <summary>The web server that takes documents.</summary>
    Store,

    /// <summary>The registry of VM images.</summary>
    Registry,
}

/// <summary>What a client sees of a fault.</summary>
public enum FaultKind
{
    /// <summary>An answer: status and body of the fault.</summary>
    Answer,

    /// <summary>The connection is reset instead of an answer.</summary>
    Reset,

    /// <summary>
    /// The service closes all its connections and stops to listen, until <see cref="SandboxTraffic.StopFailingAsync"/>.
    /// </summary>
    Refuse,

    /// <summary>Nothing comes until the client gives up.</summary>
    Stall,

    /// <summary>The answer ends before the length that it announces.</summary>
    Cut,

    /// <summary>The answer comes in chunks, and the last ones are missing.</summary>
    CutChunks,
}

/// <summary>Something to go wrong.</summary>
public sealed record SandboxFault
{
    public required SandboxService Service { get; init; }

    /// <summary>Which requests it hits; by default all of the service.</summary>
    public Func<HttpRequest, bool> When { get; init; } = _ => true;

    /// <summary>How many requests it hits before it is over; <see cref="int.MaxValue"/>: until it is stopped.</summary>
    public int Times { get; init; } = 1;

    public FaultKind Kind { get; init; }

    /// <summary>True: the request is done all the same; only its answer goes wrong.</summary>
    public bool Done { get; init; }

    /// <summary>
    /// Makes the body that the service gets from the one that was sent, and nothing else goes wrong; null: that very one.
    /// </summary>
    public Func<byte[], byte[]>? Damage { get; init; }

    /// <summary>Makes the body of the answer from the true one; null: <see cref="Body"/> is the answer.</summary>
    public Func<byte[], byte[]>? Rewrite { get; init; }

    /// <summary>Status of the answer that is not the true one.</summary>
    public int Status { get; init; } = 503;

    /// <summary>Value of the header <c>Retry-After</c>; null for none.</summary>
    public string? RetryAfter { get; init; }

    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "application/json";

    /// <summary>Time before anything happens.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Called when a request stalls: the client waits from now on.</summary>
    public Action Stalled { get; init; } = () => { };
}
