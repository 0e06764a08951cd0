using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack;

/// <summary>What a project may have of one kind of thing, and what it has.</summary>
/// <param name="Limit">-1: unlimited.</param>
/// <param name="Used">Without what is only reserved, that is, being made.</param>
public sealed record QuotaUse(long Limit, long Used);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(QuotaSetBody))]
[JsonSerializable(typeof(QuotaBody))]
internal sealed partial class QuotaJson : JsonSerializerContext;

/// <summary>Nova and Cinder.</summary>
internal sealed record QuotaSetBody(
    [property: JsonPropertyName("quota_set")] IReadOnlyDictionary<string, JsonElement> Quotas
);

/// <summary>Neutron.</summary>
internal sealed record QuotaBody([property: JsonPropertyName("quota")] IReadOnlyDictionary<string, JsonElement> Quotas);

internal static class QuotaReader
{
    /// <summary>
    /// Services list quotas in any order; here it is <paramref name="order"/>, then the alphabet. What is no quota, for
    /// instance <c>id</c>, is left out.
    /// </summary>
    public static IReadOnlyDictionary<string, QuotaUse> Read(
        IReadOnlyDictionary<string, JsonElement> quotas,
        IReadOnlyList<string> order
    )
    {
        var read = new OrderedDictionary<string, QuotaUse>(StringComparer.Ordinal);
        foreach (var name in order.Concat(quotas.Keys.Order(StringComparer.Ordinal)))
        {
            if (quotas.TryGetValue(name, out var quota) && Read(quota) is { } use)
            {
                read.TryAdd(name, use);
            }
        }
        return read;
    }

    /// <summary>As Nova, Cinder and Neutron take them.</summary>
    public static JsonObject Write(IReadOnlyDictionary<string, long> quotas)
    {
        var fields = new JsonObject();
        foreach (var (name, limit) in quotas)
            fields[name] = limit;
        return fields;
    }

    private static QuotaUse? Read(JsonElement quota) =>
        quota.ValueKind is JsonValueKind.Object && Number(quota, "limit") is { } limit
            ? new QuotaUse(limit, Number(quota, "in_use") ?? Number(quota, "used") ?? Number(quota, "usage") ?? 0)
            : null;

    private static long? Number(JsonElement quota, string name) =>
        quota.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : null;
}
