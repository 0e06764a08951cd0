using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.OpenId;

/// <summary>What the pretended OpenID provider looks like.</summary>
public sealed record OpenIdSandboxOptions
{
    /// <summary>Path of the issuer: a realm of Keycloak, as at Check-in.</summary>
    public string Path { get; init; } = "/auth/realms/egi";

    /// <summary>Id and secret of each client.</summary>
    public IReadOnlyDictionary<string, string> Clients { get; init; } =
        new Dictionary<string, string> { ["keystone"] = "sandbox" };

    /// <summary>Serves HTTPS with this certificate and its key; plain HTTP without.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>Added to each answer.</summary>
    public TimeSpan Latency { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);
}
