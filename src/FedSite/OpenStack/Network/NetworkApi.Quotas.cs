using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.OpenStack.Network;

public sealed partial class NetworkApi
{
    /// <summary>As <see cref="GetQuotaAsync"/>, of any project, by the role admin.</summary>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotaAsAdminAsync(
        string projectId,
        CancellationToken ct
    )
    {
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, TokenScope.Configured, ct);
        var url = Url(endpoint, $"quotas/{Uri.EscapeDataString(projectId)}/details.json");
        var body = await _session.GetAsync(
            ServiceNames.Network,
            TokenScope.Configured,
            url,
            QuotaJson.Default.QuotaBody,
            ct
        );
        return QuotaReader.Read(body.Quotas, order: []);
    }

    /// <summary>
    /// Sets quotas of a project, also below what is used.
    /// https://docs.openstack.org/api-ref/network/v2/#update-quota-for-a-project
    /// </summary>
    /// <param name="projectId">Whose quotas.</param>
    /// <param name="quotas">By Neutron's names; -1: unlimited. Others stay.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task SetQuotaAsync(string projectId, IReadOnlyDictionary<string, long> quotas, CancellationToken ct)
    {
        var endpoint = await _session.EndpointAsync(ServiceNames.Network, TokenScope.Configured, ct);
        var url = Url(endpoint, $"quotas/{Uri.EscapeDataString(projectId)}");
        var request = new CloudRequest(ServiceNames.Network, HttpMethod.Put, url)
        {
            Body = Encoding.UTF8.GetBytes(new JsonObject { ["quota"] = QuotaReader.Write(quotas) }.ToJsonString()),
        };
        (await _session.SendAsync(request, TokenScope.Configured, ct)).Dispose();
    }
}
