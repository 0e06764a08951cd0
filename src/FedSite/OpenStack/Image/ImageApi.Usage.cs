using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

public sealed partial class ImageApi
{
    /// <summary>
    /// Limits of the account's own project and their use, by Glance's names; sizes are MiB. Glance has none but those of
    /// Keystone. https://docs.openstack.org/api-ref/image/v2/#quota-usage
    /// </summary>
    /// <returns>Empty: Glance does not look at Keystone's limits, or is older than Xena.</returns>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetOwnUsageAsync(CancellationToken ct)
    {
        var endpoint = await _session.EndpointAsync(ServiceNames.Image, TokenScope.Configured, ct);
        try
        {
            var body = await _session.GetAsync(
                ServiceNames.Image,
                TokenScope.Configured,
                Url(endpoint, "info/usage"),
                UsageJson.Default.UsageBody,
                ct
            );
            return QuotaReader.Read(body.Usage, order: []);
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return new Dictionary<string, QuotaUse>();
        }
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UsageBody))]
internal sealed partial class UsageJson : JsonSerializerContext;

internal sealed record UsageBody([property: JsonPropertyName("usage")] IReadOnlyDictionary<string, JsonElement> Usage);
