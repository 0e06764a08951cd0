using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Neutron
{
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
