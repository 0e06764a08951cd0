using System.Text.Json;

namespace FedSite.Scenarios.Support;

/// <summary>What <c>test/cloud/federation up</c> has brought up.</summary>
internal sealed record TestFederation
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>The script itself, which <c>serve</c>s an empty Keystone in any deployment.</summary>
    public required string Script { get; init; }

    /// <summary>URL of Keystone, once it is served.</summary>
    public required string Keystone { get; init; }
    public required KeystoneAdmin Admin { get; init; }

    /// <summary>PEM file of the CA that everything here has its certificate from.</summary>
    public required string Ca { get; init; }

    /// <summary>Folder whose <c>apache/*.conf</c> and <c>keystone/*.conf</c> are read when Keystone is served.</summary>
    public required string Rendered { get; init; }
    public required IReadOnlyList<TestOpenIdProvider> Providers { get; init; }

    /// <summary>Client of every provider that gets access tokens for a name and a password.</summary>
    public required string PersonClient { get; init; }

    /// <summary>Of every user of <c>users.json</c>.</summary>
    public required string Password { get; init; }

    /// <summary>Introspection endpoint before all providers.</summary>
    public required string Introspection { get; init; }
    public required string Dashboard { get; init; }

    public static TestFederation Load(string path)
    {
        using var file = File.OpenRead(path);
        return JsonSerializer.Deserialize<TestFederation>(file, Format)
            ?? throw new InvalidDataException($"{path} is empty.");
    }
}

internal sealed record KeystoneAdmin(string Username, string Password, string Project, string Domain);

internal sealed record TestOpenIdProvider(string Issuer, string ClientId, string ClientSecret);
