using FedSite.Configuration;

namespace FedSite.Federation.Rendering;

/// <summary>
/// Names of request headers that a server could take for claims. mod_auth_openidc removes them on the addresses that it
/// protects, but Keystone evaluates mappings at <c>/v3/auth/tokens</c> too, which nothing protects.
/// </summary>
internal static class ForgedHeaders
{
    /// <summary>Claims that rules written by hand name now and then, beside those that FedSite's own rules need.</summary>
    private static readonly string[] Usual =
    [
        "sub",
        "iss",
        "email",
        "email_verified",
        "name",
        "preferred_username",
        "groups",
        "scope",
        "client_id",
        "aud",
        "azp",
        "acr",
        "eduperson_assurance",
        "eduperson_scoped_affiliation",
        "eduperson_unique_id",
        "voperson_id",
        "voperson_verified_email",
    ];

    /// <summary>Separators of a name that are mixed in every way; no claim in use has as many.</summary>
    private const int MostMixed = 6;

    /// <summary>Claims whose headers are removed by name.</summary>
    public static IEnumerable<string> Claims(FederationConfig config) =>
        Usual.Concat(config.EntitlementClaims).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Spellings of a claim's header. A server that speaks WSGI sees <c>-</c> and <c>_</c> as the same; where names with
    /// <c>_</c> are dropped on the way, only the spelling with <c>-</c> arrives.
    /// </summary>
    public static IEnumerable<string> Spellings(string claim, bool underscoresPass)
    {
        var name = $"OIDC-{claim}".Replace('_', '-');
        var separators = name.Index().Where(c => c.Item == '-').Select(c => c.Index).ToList();
        for (var choice = 0; choice < (underscoresPass ? 1 << Math.Min(separators.Count, MostMixed) : 1); choice++)
        {
            var letters = name.ToCharArray();
            foreach (var (bit, at) in separators.Index())
                letters[at] = (choice >> bit & 1) == 0 ? '-' : '_';
            yield return new string(letters);
        }
    }
}
