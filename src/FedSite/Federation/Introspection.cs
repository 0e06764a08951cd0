using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Federation;

/// <summary>Asks providers whose an opaque token is. https://www.rfc-editor.org/rfc/rfc7662</summary>
public static class Introspection
{
    /// <summary>The claims, by the first provider that knows the token.</summary>
    /// <exception cref="FedSiteException">No provider knows it, or none can be asked.</exception>
    public static async Task<JsonElement> AskAsync(FederationConfig federation, string token, CancellationToken ct)
    {
        using var probe = new WebProbe(TrustOf(federation));
        var reasons = new List<string>();
        foreach (var provider in OpenIdProvider.Of(federation))
        {
            if (provider.Client is not { Secret: { } secret } client)
            {
                reasons.Add($"{provider.Issuer} was not asked: `client` with its secret is not in site.yaml");
                continue;
            }

            var answer = await probe.GetAsync(provider.Discovery, "application/json", header: null, ct);
            if (answer.Status != 200 || ProviderDocument.Parse(answer.Body)?.Introspection is not { } endpoint)
            {
                reasons.Add($"{provider.Issuer} was not asked: it offers no introspection");
                continue;
            }

            var told = await probe.PostFormAsync(endpoint, client.Id, secret, [new("token", token)], ct);
            if (told.Status == 200 && Claims(told.Body) is { } claims)
                return claims;
            reasons.Add($"{provider.Issuer} does not know it (HTTP {told.Status})");
        }

        throw new FedSiteException(
            $"Nobody tells whose this token is: {string.Join("; ", reasons)}.",
            "Get a fresh token, or give the claims themselves with --claims."
        );
    }

    /// <summary>The system's CAs and those of <c>provider_ca</c>, if that file is on this host.</summary>
    /// <exception cref="FedSiteException">The file holds no certificates.</exception>
    internal static X509ChainPolicy TrustOf(FederationConfig federation)
    {
        var policy = TlsTrust.ClientPolicy(folder: null);
        if (federation.ProviderCa is { } file && File.Exists(file))
        {
            try
            {
                policy.CustomTrustStore.ImportFromPemFile(file);
            }
            catch (CryptographicException e)
            {
                throw new FedSiteException(
                    $"The file of CAs {file} can't be used: {e.Message}",
                    "Correct `provider_ca`.",
                    inner: e
                );
            }
        }

        return policy;
    }

    /// <returns>Null: the token is not active.</returns>
    private static JsonElement? Claims(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var isActive =
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("active", out var active)
                && active.ValueKind == JsonValueKind.True;
            return isActive ? root.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
