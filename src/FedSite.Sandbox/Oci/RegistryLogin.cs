using System.Text;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Oci;

/// <summary>Who may read.</summary>
internal sealed class RegistryLogin(SandboxRegistry registry)
{
    public const string TokenPath = "/service/token";

    private static readonly string Basic =
        $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SandboxRegistry.Username}:{SandboxRegistry.Password}"))}";

    public static bool HasPassword(HttpContext context) => context.Request.Headers.Authorization == Basic;

    /// <summary>False: it was answered with 401.</summary>
    public async Task<bool> AdmitsAsync(HttpContext context, string? scope)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var isAdmitted = registry.Logins switch
        {
            RegistryLogins.None => true,
            RegistryLogins.Password => header == Basic,
            _ => header.StartsWith("Bearer ", StringComparison.Ordinal)
                && registry.TakesToken(header["Bearer ".Length..], scope ?? ""),
        };
        if (!isAdmitted)
        {
            context.Response.Headers.WWWAuthenticate = Challenge(context, scope);
            await RegistryApi.ErrorAsync(context, 401, "UNAUTHORIZED", "authentication required");
        }
        return isAdmitted;
    }

    public async Task TokenAsync(HttpContext context)
    {
        if (registry.Logins != RegistryLogins.Token || !HasPassword(context))
        {
            await RegistryApi.ErrorAsync(context, 401, "UNAUTHORIZED", "unauthorized: invalid user or password");
            return;
        }
        var token = registry.GiveToken(context.Request.Query["scope"].ToString());
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("token", token);
                json.WriteNumber("expires_in", (int)registry.TokenLifetime.TotalSeconds);
                json.WriteEndObject();
            }
        );
    }

    private string Challenge(HttpContext context, string? scope)
    {
        if (registry.Logins == RegistryLogins.Password)
        {
            return "Basic realm=\"sandbox registry\"";
        }
        var realm = registry.Realm ?? $"{Answers.Origin(context.Request)}{TokenPath}";
        var wanted = scope is null ? "" : $",scope=\"{scope}\"";
        return $"Bearer realm=\"{realm}\",service=\"harbor-registry\"{wanted}";
    }
}
