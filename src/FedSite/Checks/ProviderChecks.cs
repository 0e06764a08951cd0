using System.Runtime.CompilerServices;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Federation;

namespace FedSite.Checks;

/// <summary>The OpenID providers: their documents, and whether they know Keystone's client.</summary>
internal static class ProviderChecks
{
    /// <summary>Asked about on purpose: nobody's token.</summary>
    private const string NoToken = "fedsite-check-no-token";

    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (subject.Site.Federation is not { } federation)
            yield break;
        using var probe = new WebProbe(Introspection.TrustOf(federation));
        foreach (var provider in OpenIdProvider.Of(federation))
        {
            var (document, findings) = await DocumentAsync(probe, provider, federation, cancellationToken);
            foreach (var finding in findings)
                yield return finding;
            if (document is not null)
                yield return await ClientAsync(probe, provider, document, cancellationToken);
        }
    }

    /// <exception cref="FedSiteException">The provider does not answer.</exception>
    public static async Task<ProviderDocument?> ReadAsync(WebProbe probe, OpenIdProvider provider, CancellationToken ct)
    {
        var answer = await probe.GetAsync(provider.Discovery, "application/json", header: null, ct);
        return answer.Status == 200 ? ProviderDocument.Parse(answer.Body) : null;
    }

    private static async Task<(ProviderDocument?, IReadOnlyList<Finding>)> DocumentAsync(
        WebProbe probe,
        OpenIdProvider provider,
        FederationConfig federation,
        CancellationToken ct
    )
    {
        var rule = CheckRules.Issuer;
        ProviderDocument? document;
        try
        {
            document = await ReadAsync(probe, provider, ct);
        }
        catch (FedSiteException e)
        {
            return (null, [rule.Error(e.Message, e.NextStep)]);
        }

        if (document is null)
            return (null, [rule.Error($"{provider.Discovery} is not the document of an OpenID provider.")]);
        if (document.Issuer != provider.Issuer)
        {
            var seen =
                $"The provider at {provider.Issuer} calls itself {document.Issuer}: its tokens would be refused.";
            return (document, [rule.Error(seen, $"Write `issuer: {document.Issuer}`.")]);
        }

        var findings = new List<Finding> { rule.Ok($"{provider.Issuer} is who it should be.") };
        var missing = federation.EntitlementClaims.Except(document.Scopes ?? federation.EntitlementClaims).ToList();
        if (missing.Count > 0)
            findings.Add(
                rule.Info($"{provider.Issuer} does not list the scope {string.Join(", ", missing)} (yet, or any more).")
            );
        return (document, findings);
    }

    private static async Task<Finding> ClientAsync(
        WebProbe probe,
        OpenIdProvider provider,
        ProviderDocument document,
        CancellationToken ct
    )
    {
        var rule = CheckRules.OpenIdCredentials;
        if (provider.Client is not { } client)
            return rule.Warning(
                $"No client at {provider.Issuer} is given.",
                "Write `client: {id: …, secret: !file …}`."
            );
        if (client.Secret is not { } secret)
            return rule.Info($"The secret of client {client.Id} is not known here, so it was not tried.");
        if (document.Introspection is not { } endpoint)
            return rule.Info($"{provider.Issuer} offers no introspection, so client {client.Id} was not tried.");
        WebAnswer answer;
        try
        {
            answer = await probe.PostFormAsync(endpoint, client.Id, secret, [new("token", NoToken)], ct);
        }
        catch (FedSiteException e)
        {
            return rule.Error(e.Message, e.NextStep);
        }

        return answer.Status switch
        {
            200 when SaysInactive(answer.Body) => rule.Ok(
                $"{provider.Issuer} knows client {client.Id} and lets it introspect tokens."
            ),
            200 => rule.Error($"{endpoint} answers, but not as introspection does."),
            400 or 401 => rule.Error($"{provider.Issuer} does not take id and secret of client {client.Id}."),
            403 => rule.Error($"{provider.Issuer} does not let client {client.Id} introspect tokens."),
            _ => rule.Error($"{endpoint} answered {answer.Status}."),
        };
    }

    private static bool SaysInactive(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("active", out var active)
                && active.ValueKind == JsonValueKind.False;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
