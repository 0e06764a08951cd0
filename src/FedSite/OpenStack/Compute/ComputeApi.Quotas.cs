using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

public sealed partial class ComputeApi
{
    /// <summary>
    /// As <see cref="GetQuotaAsync"/>, of any project, by the role admin. With Keystone's limits Nova shows those:
    /// what this says counts, wherever it is written.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsAdminAsync(
        string projectId,
        CancellationToken ct
    )
    {
        var body = await _session.GetAsync(
            ServiceNames.Compute,
            TokenScope.Configured,
            new Uri($"{await QuotaSetAsync(projectId, ct)}/detail"),
            QuotaJson.Default.QuotaSetBody,
            ct,
            Microversion.First.Headers
        );
        return QuotaReader.Read(body.Quotas, QuotaOrder);
    }

    /// <summary>
    /// Sets quotas of a project. With Keystone's limits Nova answers 200 and does nothing: look afterwards.
    /// https://docs.openstack.org/api-ref/compute/#update-quotas
    /// </summary>
    /// <param name="projectId">Whose quotas.</param>
    /// <param name="quotas">By Nova's names; -1: unlimited. Others stay.</param>
    /// <param name="force">Also below what is used, which Nova refuses otherwise (400).</param>
    /// <param name="ct">Ends the work.</param>
    public async Task SetQuotaAsync(
        string projectId,
        IReadOnlyDictionary<string, long> quotas,
        bool force,
        CancellationToken ct
    )
    {
        var fields = QuotaReader.Write(quotas);
        if (force)
            fields["force"] = true;
        var request = new CloudRequest(
            ServiceNames.Compute,
            HttpMethod.Put,
            new Uri(await QuotaSetAsync(projectId, ct))
        )
        {
            Headers = Microversion.First.Headers,
            Body = Encoding.UTF8.GetBytes(new JsonObject { ["quota_set"] = fields }.ToJsonString()),
        };
        (await _session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
    }

    /// <summary>
    /// What all hypervisors have together, before any overcommitment. Asked for with microversion 2.1, as 2.88 ends it.
    /// https://docs.openstack.org/api-ref/compute/#show-hypervisor-statistics-deprecated
    /// </summary>
    public async Task<HypervisorStatistics> GetHypervisorStatisticsAsync(CancellationToken ct)
    {
        var url = new Uri($"{await BaseAsync(TokenScope.Configured, ct)}/os-hypervisors/statistics");
        var body = await _session.GetAsync(
            ServiceNames.Compute,
            TokenScope.Configured,
            url,
            ComputeQuotaJson.Default.HypervisorStatisticsBody,
            ct,
            Microversion.First.Headers
        );
        return body.Statistics;
    }

    private async Task<string> QuotaSetAsync(string projectId, CancellationToken ct) =>
        $"{await BaseAsync(TokenScope.Configured, ct)}/os-quota-sets/{Uri.EscapeDataString(projectId)}";
}

/// <param name="Count">Of hypervisors.</param>
/// <param name="Vcpus">Cores, as the hypervisors count them.</param>
/// <param name="MemoryMiB">Their memory.</param>
public sealed record HypervisorStatistics(
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("vcpus")] long Vcpus,
    [property: JsonPropertyName("memory_mb")] long MemoryMiB
);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HypervisorStatisticsBody))]
internal sealed partial class ComputeQuotaJson : JsonSerializerContext;

internal sealed record HypervisorStatisticsBody(
    [property: JsonPropertyName("hypervisor_statistics")] HypervisorStatistics Statistics
);
