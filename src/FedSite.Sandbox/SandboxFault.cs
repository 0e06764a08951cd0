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
}

/// <summary>Something to go wrong.</summary>
public sealed record SandboxFault
{
    public required SandboxService Service { get; init; }

    /// <summary>Which requests it hits; by default all of the service.</summary>
    public Func<HttpRequest, bool> When { get; init; } = _ => true;

    /// <summary>How many requests it hits before it is over.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Status of the answer.</summary>
    public int Status { get; init; } = 503;

    /// <summary>Value of the header <c>Retry-After</c>; null for none.</summary>
    public string? RetryAfter { get; init; }

    public string Body { get; init; } = "";

    /// <summary>True: the connection is cut instead of an answer.</summary>
    public bool Reset { get; init; }
}
