using FedSite.Configuration;

namespace FedSite.Federation.Mappings;

/// <summary>
/// Under which keys Keystone sees a claim. mod_auth_openidc offers each claim as a variable <c>OIDC-claim</c> and as a
/// request header of the same name; a header becomes the key <c>HTTP_OIDC_CLAIM</c>.
/// </summary>
public static class ClaimKeys
{
    private const string Separators = "()<>@,;:\\\"/[]?={} \t";

    /// <summary>The keys that really arrive, the safest first; none: the claim can't be used there.</summary>
    /// <param name="claim">Its name in the token, for instance <c>eduperson_entitlement</c>.</param>
    public static IReadOnlyList<string> Of(Deployment deployment, string claim)
    {
        var keys = new List<string>(2);
        if (deployment is not Deployment.ProxyHttp)
            keys.Add(VariableOf(claim));
        if (HeaderOf(deployment, claim) is { } header)
            keys.Add(header);
        return keys;
    }

    /// <summary>Null: such a key does not come from a claim, so nothing is known of it.</summary>
    /// <param name="key">A key that a mapping asks for.</param>
    public static bool? Arrives(Deployment deployment, string key)
    {
        if (key.StartsWith("OIDC-", StringComparison.Ordinal))
            return deployment is not Deployment.ProxyHttp;
        // Apache makes keys of headers whose names are letters, digits and hyphens, so every _ was a hyphen. No claim of
        // Check-in has one in its name: a key with more of them asks for a claim with an underscore.
        if (key.StartsWith("HTTP_OIDC_", StringComparison.Ordinal))
            return deployment is Deployment.ProxyHttp || !key["HTTP_OIDC_".Length..].Contains('_');
        return null;
    }

    /// <summary>The variable's key, which mod_wsgi and uWSGI pass on as it is.</summary>
    public static string VariableOf(string claim) =>
        "OIDC-" + string.Concat(claim.Select(letter => IsToken(letter) ? letter : '-'));

    /// <summary>
    /// The header's key; null: Apache makes none of a header of that name, as one with an underscore. As a proxy it sends
    /// the header on, and uWSGI makes the key.
    /// </summary>
    public static string? HeaderOf(Deployment deployment, string claim)
    {
        var name = VariableOf(claim);
        return
            deployment is Deployment.ProxyHttp || name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')
            ? "HTTP_" + name.Replace('-', '_').ToUpperInvariant()
            : null;
    }

    private static bool IsToken(char letter) => letter is > ' ' and not '\x7f' && !Separators.Contains(letter);
}
