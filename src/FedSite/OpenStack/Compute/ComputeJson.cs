using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ListedFlavor))]
[JsonSerializable(typeof(BriefFlavor))]
[JsonSerializable(typeof(BriefServersBody))]
[JsonSerializable(typeof(OwnedServer))]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(FlavorBody))]
[JsonSerializable(typeof(ExtraSpecsBody))]
[JsonSerializable(typeof(FlavorAccessBody))]
internal sealed partial class ComputeJson : JsonSerializerContext;

internal sealed record VersionBody([property: JsonPropertyName("version")] VersionDocument Version);

/// <summary>Both are empty where microversions are not known.</summary>
internal sealed record VersionDocument
{
    [JsonPropertyName("version")]
    [AllowNull]
    public string Newest
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("min_version")]
    [AllowNull]
    public string Oldest
    {
        get => field ?? "";
        init;
    }
}

internal sealed record FlavorBody([property: JsonPropertyName("flavor")] ListedFlavor Flavor);

internal sealed record ExtraSpecsBody(
    [property: JsonPropertyName("extra_specs")] IReadOnlyDictionary<string, string> ExtraSpecs
);

internal sealed record FlavorAccessBody(
    [property: JsonPropertyName("flavor_access")] IReadOnlyList<FlavorAccess> Access
);

internal sealed record FlavorAccess([property: JsonPropertyName("tenant_id")] string ProjectId);

internal sealed record BriefServersBody([property: JsonPropertyName("servers")] IReadOnlyList<BriefServer> Servers);

internal sealed record BriefServer([property: JsonPropertyName("id")] string Id);
