using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Neutron
{
    /// <summary>With the limit of projects that have none of their own.</summary>
    private static readonly (string Name, long Limit)[] Quotas =
    [
        ("network", 100),
        ("subnet", 100),
        ("subnetpool", -1),
        ("port", 500),
        ("router", 10),
        ("floatingip", 50),
        ("rbac_policy", 10),
        ("security_group", 10),
        ("security_group_rule", 100),
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
        var quotas = new QuotaJson(_world.FindProject(projectId), details ? "used" : null);
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("quota");
                foreach (var (name, limit) in Quotas)
                {
                    quotas.Write(json, name, limit, Use(projectId, name));
                }
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
            if (Quotas.All(quota => quota.Name != property.Name))
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

    private long Use(string projectId, string quota) =>
        quota switch
        {
            "network" => _world.Networks.Of(projectId).LongCount(),
            "subnet" => _world.Subnets.Of(projectId).LongCount(),
            "port" => _world.Ports.Of(projectId).LongCount(),
            "router" => _world.Routers.Of(projectId).LongCount(),
            "floatingip" => _world.FloatingIps.Of(projectId).LongCount(),
            "security_group" => _world.NumberOf(projectId) is null ? 0 : 1,
            "security_group_rule" => _world.NumberOf(projectId) is null ? 0 : 4,
            _ => 0,
        };

    /// <summary>One thing more; admins are no exception.</summary>
    private void CheckQuota(string projectId, string quota)
    {
        var limit =
            _world.FindProject(projectId)?.Quotas.TryGetValue(quota, out var own) == true
                ? own
                : Quotas.First(one => one.Name == quota).Limit;
        if (limit >= 0 && Use(projectId, quota) + 1 > limit)
        {
            throw new NeutronFault(409, "OverQuota", $"Quota exceeded for resources: ['{quota}'].");
        }
    }
}
