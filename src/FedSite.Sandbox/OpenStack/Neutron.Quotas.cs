using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Neutron
{
    private const int SubnetsOfNetwork = 2;

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
                quotas.Write(json, "subnet", 100, networks * SubnetsOfNetwork);
                quotas.Write(json, "subnetpool", -1);
                quotas.Write(json, "port", 500, _world.Ports.Of(projectId).LongCount());
                quotas.Write(json, "router", 10, furnished);
                quotas.Write(json, "floatingip", 50, _world.FloatingIps.Of(projectId).LongCount());
                quotas.Write(json, "rbac_policy", 10);
                quotas.Write(json, "security_group", 10, furnished);
                quotas.Write(json, "security_group_rule", 100, furnished * 4);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }
}
