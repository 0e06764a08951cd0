using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Neutron
{
    private static readonly string[] Quotas =
    [
        "network",
        "subnet",
        "subnetpool",
        "port",
        "router",
        "floatingip",
        "rbac_policy",
        "security_group",
        "security_group_rule",
    ];

    private Task QuotasAsync(HttpContext context, Token token, string projectId, bool details)
    {
        if (!Owns(token, projectId))
        {
            throw new NeutronFault(
                403,
                "AdminRequired",
                "User does not have admin privileges: Only admin is authorized to access quotas for another project."
            );
        }
        var networks = _world.Networks.Of(projectId).Count();
        var furnished = _world.NumberOf(projectId) is null ? 0 : 1;
        var quotas = new QuotaJson(_world.FindProject(projectId), details ? "used" : null);
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("quota");
                quotas.Write(json, "network", 100, networks);
                quotas.Write(json, "subnet", 100, _world.Subnets.Of(projectId).LongCount());
                quotas.Write(json, "subnetpool", -1);
                quotas.Write(json, "port", 500, _world.Ports.Of(projectId).LongCount());
                quotas.Write(json, "router", 10, _world.Routers.Of(projectId).LongCount());
                quotas.Write(json, "floatingip", 50, _world.FloatingIps.Of(projectId).LongCount());
                quotas.Write(json, "rbac_policy", 10);
                quotas.Write(json, "security_group", 10, furnished);
                quotas.Write(json, "security_group_rule", 100, furnished * 4);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private async Task SetQuotasAsync(HttpContext context, Token token, string projectId)
    {
        if (!token.IsAdmin)
        {
            throw new NeutronFault(403, "PolicyNotAuthorized", "rule:update_quota is disallowed by policy");
        }
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var quotas = new Dictionary<string, long>();
        foreach (var property in body.RootElement.GetProperty("quota").EnumerateObject())
        {
            if (!Quotas.Contains(property.Name))
            {
                throw new NeutronFault(400, "HTTPBadRequest", $"Unrecognized attribute(s) '{property.Name}'");
            }
            var limit = property.Value.GetInt64();
            quotas[property.Name] =
                limit >= -1
                    ? limit
                    : throw new NeutronFault(
                        400,
                        "HTTPBadRequest",
                        $"Invalid input for {property.Name}. Reason: '{limit}' is too small - must be at least '-1'."
                    );
        }
        _world.SetQuotas(projectId, quotas);
        await QuotasAsync(context, token, projectId, details: false);
    }
}
