using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

public sealed partial class BlockStorageApi
{
    /// <summary>As <see cref="GetQuotaAsync"/>, of any project, by the role admin; the account needs a project's scope.</summary>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsAdminAsync(
        string projectId,
        CancellationToken ct
    )
    {
        var url = new Uri($"{await AdminBaseAsync(projectId, ct)}/os-quota-sets/{Escaped(projectId)}?usage=True");
        var body = await _session.GetAsync(
            ServiceNames.BlockStorage,
            TokenScope.Configured,
            url,
            QuotaJson.Default.QuotaSetBody,
            ct
        );
        return QuotaReader.Read(body.Quotas, QuotaOrder);
    }

    /// <summary>
    /// Sets quotas of a project. Cinder refuses (400) less than what is used once the project has a limit of its own.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#update-quotas-for-a-project
    /// </summary>
    /// <param name="projectId">Whose quotas.</param>
    /// <param name="quotas">By Cinder's names; -1: unlimited. Others stay.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task SetQuotaAsync(string projectId, IReadOnlyDictionary<string, long> quotas, CancellationToken ct)
    {
        var url = new Uri($"{await AdminBaseAsync(projectId, ct)}/os-quota-sets/{Escaped(projectId)}");
        var request = new CloudRequest(ServiceNames.BlockStorage, HttpMethod.Put, url)
        {
            Body = Encoding.UTF8.GetBytes(new JsonObject { ["quota_set"] = QuotaReader.Write(quotas) }.ToJsonString()),
        };
        (await _session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
    }

    /// <summary>
    /// Size of all back ends together.
    /// https://docs.openstack.org/api-ref/block-storage/v3/#list-all-back-end-storage-pools
    /// </summary>
    /// <returns>GiB; null: there is none, or one does not know its size (<c>infinite</c>, <c>unknown</c>).</returns>
    public async Task<long?> GetCapacityAsync(CancellationToken ct)
    {
        var url = new Uri($"{await AdminBaseAsync("", ct)}/scheduler-stats/get_pools?detail=true");
        var body = await _session.GetAsync(
            ServiceNames.BlockStorage,
            TokenScope.Configured,
            url,
            PoolJson.Default.PoolsBody,
            ct
        );
        double sum = 0;
        foreach (var pool in body.Pools)
        {
            if (!pool.Capabilities.TryGetValue("total_capacity_gb", out var size) || !TryNumber(size, out var gib))
                return null;
            sum += gib;
        }

        return body.Pools.Count == 0 ? null : (long)sum;
    }

    private static bool TryNumber(JsonElement size, out double number)
    {
        number = 0;
        return size.ValueKind == JsonValueKind.Number
            && size.TryGetDouble(out number)
            && number is >= 0 and < long.MaxValue;
    }

    /// <param name="otherwise">Project of the URL where the account's scope is none.</param>
    /// <param name="ct">Ends the work.</param>
    private async Task<string> AdminBaseAsync(string otherwise, CancellationToken ct)
    {
        var own = (await _session.GetTokenAsync(TokenScope.Configured, ct)).Document.Project?.Id;
        return Base(
            await _session.EndpointAsync(ServiceNames.BlockStorage, TokenScope.Configured, ct),
            own ?? otherwise
        );
    }

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PoolsBody))]
internal sealed partial class PoolJson : JsonSerializerContext;

internal sealed record PoolsBody([property: JsonPropertyName("pools")] IReadOnlyList<PoolBody> Pools);

internal sealed record PoolBody(
    [property: JsonPropertyName("capabilities")] IReadOnlyDictionary<string, JsonElement> Capabilities
);
