using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.Oci;

/// <summary>
/// A manifest or an index, of OCI or Docker (v2 schema 2): https://github.com/opencontainers/image-spec/blob/main/manifest.md.
/// </summary>
internal sealed record OciManifest
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; }

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    [JsonPropertyName("config")]
    public OciDescriptor? Config { get; init; }

    /// <summary>Null: it is an index.</summary>
    [JsonPropertyName("layers")]
    public IReadOnlyList<OciDescriptor?>? Layers { get; init; }

    /// <summary>Null: it is no index.</summary>
    [JsonPropertyName("manifests")]
    public IReadOnlyList<OciDescriptor?>? Manifests { get; init; }

    [JsonPropertyName("annotations")]
    [AllowNull]
    public IReadOnlyDictionary<string, string?> Annotations
    {
        get => field ?? new Dictionary<string, string?>();
        init;
    }

    /// <exception cref="JsonException">It is neither.</exception>
    public static OciManifest Read(ReadOnlySpan<byte> body)
    {
        OciManifest manifest;
        try
        {
            manifest =
                JsonSerializer.Deserialize(body, OciJson.Default.OciManifest) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            // The library names its own types, which say nothing to the publisher.
            throw new JsonException($"{e.Path ?? "$"} is not as OCI describes it", e);
        }
        catch (InvalidOperationException e)
        {
            // Half a character, which JSON allows.
            throw new JsonException(e.Message, e);
        }
        return manifest switch
        {
            { SchemaVersion: not 2 } => throw new JsonException(
                $"its schemaVersion is {manifest.SchemaVersion}, not 2"
            ),
            // What is both would be one thing to us and another to somebody else.
            { Layers: not null, Manifests: not null } => throw new JsonException("it has layers and manifests"),
            { Layers: null, Manifests: null } => throw new JsonException("it has neither layers nor manifests"),
            _ => manifest,
        };
    }
}

/// <summary>What a manifest or an index points to.</summary>
internal sealed record OciDescriptor
{
    [JsonPropertyName("mediaType")]
    [AllowNull]
    public string MediaType
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("digest")]
    public string? Digest { get; init; }

    [JsonPropertyName("size")]
    public long? Size { get; init; }

    [JsonPropertyName("artifactType")]
    public string? ArtifactType { get; init; }

    [JsonPropertyName("platform")]
    public OciPlatform? Platform { get; init; }

    [JsonPropertyName("annotations")]
    [AllowNull]
    public IReadOnlyDictionary<string, string?> Annotations
    {
        get => field ?? new Dictionary<string, string?>();
        init;
    }
}

internal sealed record OciPlatform
{
    [JsonPropertyName("architecture")]
    public string? Architecture { get; init; }

    [JsonPropertyName("os")]
    public string? Os { get; init; }
}
