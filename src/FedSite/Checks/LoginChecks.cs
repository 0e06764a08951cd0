using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.OpenStack;

namespace FedSite.Checks;

/// <summary>Keystone's login addresses, as somebody outside sees them; each Keystone host for itself.</summary>
internal static class LoginChecks
{
    private const string ForgedHeader = "OIDC-fedsite-check";

    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (subject.Site.Federation is not { } federation)
            yield break;
        var root = KeystoneUrl.Normalize(federation.Keystone);
        using var cloud = subject.ConnectCloud();
        foreach (var host in federation.Hosts.Select(host => (string?)host).DefaultIfEmpty())
        {
            var who = host is null ? root.Authority : $"{root.Authority} at {host}";
            using var probe = new WebProbe(CloudTrust.PolicyOf(cloud.Credentials), host);
            foreach (var provider in OpenIdProvider.Of(federation))
            {
                yield return await MethodAsync(probe, root, provider, who, cancellationToken);
                yield return await BrowserAsync(probe, root, provider, federation, who, cancellationToken);
                yield return await BearerAsync(probe, root, provider, who, cancellationToken);
            }

            yield return await ForgedAsync(probe, root, who, cancellationToken);
        }
    }

    /// <summary>
    /// Keystone answers a method that it does not know with words of its own.
    /// https://opendev.org/openstack/keystone/src/branch/master/keystone/exception.py (AuthMethodNotSupported)
    /// </summary>
    private static async Task<Finding> MethodAsync(
        WebProbe probe,
        Uri root,
        OpenIdProvider provider,
        string who,
        CancellationToken ct
    )
    {
        var rule = CheckRules.AuthMethod;
        var identity = new JsonObject
        {
            ["methods"] = new JsonArray(provider.Protocol),
            [provider.Protocol] = new JsonObject(),
        };
        var body = new JsonObject { ["auth"] = new JsonObject { ["identity"] = identity } };
        return await TryAsync(
            rule,
            async () =>
            {
                var answer = await probe.PostJsonAsync(new Uri($"{root}/auth/tokens"), body.ToJsonString(), ct);
                if (answer.Body.Contains("unsupported method", StringComparison.Ordinal))
                    return rule.Error($"Keystone {who} does not know the method {provider.Protocol}.");
                return answer.Status is >= 400 and < 500
                    ? rule.Ok($"Keystone {who} knows the method {provider.Protocol}.")
                    : rule.Error($"Keystone {who} answered {answer.Status} to a login by {provider.Protocol}.");
            }
        );
    }

    private static async Task<Finding> BrowserAsync(
        WebProbe probe,
        Uri root,
        OpenIdProvider provider,
        FederationConfig federation,
        string who,
        CancellationToken ct
    )
    {
        var rule = CheckRules.WebLogin;
        var path = $"auth/OS-FEDERATION/identity_providers/{provider.Idp}/protocols/{provider.Protocol}/websso";
        var origin = federation.Horizon is { } horizon
            ? $"{horizon.TrimEnd('/')}/auth/websso/"
            : "https://dashboard.invalid/";
        var url = new Uri($"{root}/{path}?origin={Uri.EscapeDataString(origin)}");
        return await TryAsync(
            rule,
            async () =>
            {
                // mod_auth_openidc sends browsers alone to the provider; others get 401.
                var answer = await probe.GetAsync(url, "text/html", header: null, ct);
                var isSent =
                    answer is { Status: 302 or 303 or 307, Location: { } to }
                    && (
                        to.Host == new Uri(provider.Issuer).Host
                        || to.AbsolutePath.EndsWith("/redirect", StringComparison.Ordinal)
                    );
                return isSent
                    ? rule.Ok(
                        $"Keystone {who} sends browsers to {answer.Location!.GetLeftPart(UriPartial.Path)} for {provider.Idp}."
                    )
                    : rule.Error(
                        $"Keystone {who} answered {answer.Status} to a browser at …/{path}, and sends it nowhere."
                    );
            }
        );
    }

    private static async Task<Finding> BearerAsync(
        WebProbe probe,
        Uri root,
        OpenIdProvider provider,
        string who,
        CancellationToken ct
    )
    {
        var rule = CheckRules.TokenLogin;
        var path = $"OS-FEDERATION/identity_providers/{provider.Idp}/protocols/{provider.Protocol}/auth";
        return await TryAsync(
            rule,
            async () =>
            {
                var answer = await probe.GetAsync(new Uri($"{root}/{path}"), "application/json", header: null, ct);
                if (
                    answer is { Status: 401, Challenge: { } challenge }
                    && challenge.StartsWith("Bearer", StringComparison.OrdinalIgnoreCase)
                )
                    return rule.Ok($"Keystone {who} asks for an access token at …/{path}.");
                return rule.Error(
                    $"Keystone {who} answered {answer.Status} at …/{path}, and asks for no access token."
                );
            }
        );
    }

    private static async Task<Finding> ForgedAsync(WebProbe probe, Uri root, string who, CancellationToken ct)
    {
        var rule = CheckRules.ForgedHeaders;
        return await TryAsync(
            rule,
            async () =>
            {
                var answer = await probe.GetAsync(root, "application/json", (ForgedHeader, "x"), ct);
                return answer.Status is >= 400 and < 500
                    ? rule.Ok($"Keystone {who} refuses a header that looks like a claim.")
                    : rule.Warning($"Keystone {who} takes a header that looks like a claim ({ForgedHeader}).");
            }
        );
    }

    private static async Task<Finding> TryAsync(CheckRule rule, Func<Task<Finding>> look)
    {
        try
        {
            return await look();
        }
        catch (FedSiteException e)
        {
            return rule.Error(e.Message, e.NextStep);
        }
    }
}
