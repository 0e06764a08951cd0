using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

/// <summary>A server as far as it tells whose it is. All times are UTC.</summary>
public sealed record OwnedServer
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    [AllowNull]
    public string Name
    {
        get => field ?? "";
        init;
    }

    /// <summary>In capitals, for instance <c>ACTIVE</c>; <c>UNKNOWN</c> where its cell is down.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("tenant_id")]
    public required string ProjectId { get; init; }

    /// <summary>Null where its cell is down.</summary>
    [JsonPropertyName("user_id")]
    public string? UserId { get; init; }

    [JsonPropertyName("created")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset Created { get; init; }

    /// <summary>What its maker noted.</summary>
    [JsonPropertyName("metadata")]
    [AllowNull]
    public IReadOnlyDictionary<string, string?> Metadata
    {
        get => field ?? new Dictionary<string, string?>();
        init;
    }

    /// <summary>By network.</summary>
    [JsonPropertyName("addresses")]
    [AllowNull]
    public IReadOnlyDictionary<string, IReadOnlyList<ServerAddress>?> Networks
    {
        get => field ?? new Dictionary<string, IReadOnlyList<ServerAddress>?>();
        init;
    }

    /// <summary>Of both versions of IP, fixed and floating.</summary>
    [JsonIgnore]
    public IEnumerable<string> Addresses =>
        Networks.Values.SelectMany(addresses => addresses ?? []).Select(address => address?.Address).OfType<string>();
}

/// <summary>An address of a server.</summary>
public sealed record ServerAddress
{
    [JsonPropertyName("addr")]
    public string? Address { get; init; }
}
