using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Floating addresses, made and given back.</summary>
internal sealed partial class Neutron
{
    private async Task MakeFloatingIpAsync(HttpContext context, Token token)
    {
        var body = await BodyAsync(context, "floatingip");
        var owner = Owner(token, body);
        CheckQuota(owner, "floatingip");
        var network = Find(token, _networks, Text(body, "floating_network_id") ?? "");
        if (!network.External)
        {
            throw new NeutronFault(
                400,
                "BadRequest",
                $"Bad floatingip request: Network {network.Id} is not a valid external network."
            );
        }
        var id = NewId();
        var address = new SandboxFloatingIp
        {
            Id = id,
            ProjectId = owner,
            // Any will do: nobody asks whether it is free.
            Address = $"203.0.113.{Convert.ToByte(id[..2], 16)}",
            Created = Now(),
        };
        _world.FloatingIps.Put(address);
        await AnswerAsync(context, 201, _floatingIps, address);
    }

    private Task DeleteFloatingIpAsync(HttpContext context, Token token, string id)
    {
        if (_floatingIps.Stock.Find(id) is not { } address || !_floatingIps.Shows(token, address))
        {
            throw _floatingIps.Missing(id);
        }
        _floatingIps.Stock.Remove(id);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
