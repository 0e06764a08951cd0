using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Ams;

/// <summary>Exchanges a TLS client certificate for the AMS token of its host (argo-api-authn).</summary>
internal sealed class AmsTokenService(AmsUsers users, AmsSandboxOptions options)
{
    private const string Hosts = "/v1/service-types/ams/hosts/";
    private const string Verb = ":authx509";

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var certificate = context.Connection.ClientCertificate;
        if (
            !path.StartsWith(Hosts, StringComparison.Ordinal)
            || !path.EndsWith(Verb, StringComparison.Ordinal)
            || path[Hosts.Length..^Verb.Length] != AmsSandbox.Host
        )
        {
            await AmsAnswers.ErrorAsync(context, 404, "Host was not found", "NOT FOUND");
        }
        else if (certificate is null)
        {
            await AmsAnswers.ErrorAsync(context, 400, "No certificate provided.", "BAD REQUEST");
        }
        else if (!users.IsValid(certificate))
        {
            var expired = certificate.NotAfter.ToUniversalTime() < options.TimeProvider.GetUtcNow().UtcDateTime;
            var message = expired ? "Your certificate has expired" : "Your certificate is not active yet";
            await AmsAnswers.ErrorAsync(context, 403, message, "ACCESS_FORBIDDEN");
        }
        else if (users.ByCertificate(certificate) is { } user)
        {
            await AmsAnswers.OkAsync(context, json => json.WriteString("token"u8, user.Token));
        }
        else
        {
            await AmsAnswers.ErrorAsync(context, 404, "Binding was not found", "NOT FOUND");
        }
    }
}
