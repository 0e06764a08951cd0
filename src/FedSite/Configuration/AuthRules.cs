using System.Text.Json;
using FedSite.OpenStack;

namespace FedSite.Configuration;

/// <summary>Which options each keystoneauth plugin needs, and which of them exclude each other.</summary>
internal static class AuthRules
{
    public const string DefaultType = "v3password";

    private static readonly string[] ProjectScope = ["project_name", "project_id"];
    private static readonly string[] DomainScope = ["domain_name", "domain_id"];
    private static readonly string[] SystemScope = ["system_scope"];
    private static readonly string[] ScopeDetails = ["project_domain_name", "project_domain_id", "default_domain"];
    private static readonly string[] User =
    [
        "username",
        "user_id",
        "user_domain_name",
        "user_domain_id",
        "default_domain",
    ];

    private static readonly Dictionary<string, AuthType> Types = new()
    {
        ["v3password"] = AuthType.Password,
        ["password"] = AuthType.Password,
        ["v3applicationcredential"] = AuthType.ApplicationCredential,
        ["v3token"] = AuthType.Token,
        ["token"] = AuthType.Token,
        ["v3oidcaccesstoken"] = AuthType.OidcAccessToken,
        ["v3oidcclientcredentials"] = AuthType.OidcClientCredentials,
    };

    /// <summary>The plugin's name in full.</summary>
    public static string NameOf(AuthType type) => Types.First(pair => pair.Value == type).Key;

    public static AuthType? TypeOf(string name) => Types.TryGetValue(name, out var type) ? type : null;

    public static string UnknownType(string name)
    {
        var nearest = NearestWord.Of(name, Types.Keys);
        return $"auth_type `{name}` is not supported"
            + (nearest is null ? "" : $" (did you mean {nearest}?)")
            + $"; supported: {string.Join(", ", Types.Keys)}";
    }

    /// <summary>What is wrong, by option of <c>auth</c>.</summary>
    /// <param name="typeName">A supported <c>auth_type</c>.</param>
    /// <param name="auth">The options.</param>
    /// <param name="strict">Options that the plugin does not use are wrong too.</param>
    public static IEnumerable<(string Option, string Message)> Check(string typeName, AuthConfig auth, bool strict)
    {
        var type = Types[typeName];
        var given = JsonSerializer
            .SerializeToNode(auth, ConfigJson.Default.AuthConfig)!
            .AsObject()
            .Where(option => option.Value!.GetValue<string>().Length > 0)
            .Select(option => option.Key)
            .ToHashSet();
        foreach (var group in Needs(type, given).Where(group => !given.Overlaps(group)))
            yield return (
                group[0],
                $"required by {typeName}{(group.Length == 1 ? "" : $" (or {string.Join(", ", group[1..])})")}"
            );
        if (auth.AuthUrl is { Length: > 0 } url && KeystoneUrl.Fault(url) is { } fault)
            yield return ("auth_url", fault);
        if (auth.SystemScope is { Length: > 0 } and not "all")
            yield return ("system_scope", "expected all");
        foreach (var problem in CheckScope(type, given))
            yield return problem;
        if (strict)
        {
            foreach (var option in given.Except(Known(type, given)))
                yield return (option, $"not used by {typeName}; remove it, or correct auth_type");
        }
    }

    private static IEnumerable<(string Option, string Message)> CheckScope(AuthType type, HashSet<string> given)
    {
        var scopes = new[] { SystemScope, ProjectScope, DomainScope }
            .Select(options => options.FirstOrDefault(given.Contains))
            .OfType<string>()
            .ToList();
        if (type == AuthType.ApplicationCredential)
        {
            foreach (var option in scopes)
                yield return (
                    option,
                    "remove it: an application credential belongs to a project already, Keystone refuses another scope"
                );
        }
        else
        {
            foreach (var option in scopes.Skip(1))
                yield return (option, $"excluded by {scopes[0]}: a token has one scope");
        }
    }

    private static IEnumerable<string[]> Needs(AuthType type, HashSet<string> given) =>
        [
            ["auth_url"],
            .. type switch
            {
                AuthType.Password =>
                [
                    ["username", "user_id"],
                    ["password"],
                ],
                AuthType.ApplicationCredential => given.Contains("application_credential_name")
                && !given.Contains("application_credential_id")
                    ?
                    [
                        ["application_credential_secret"],
                        ["username", "user_id"],
                    ]
                    :
                    [
                        ["application_credential_id", "application_credential_name"],
                        ["application_credential_secret"],
                    ],
                AuthType.Token =>
                [
                    ["token"],
                ],
                AuthType.OidcAccessToken =>
                [
                    ["identity_provider"],
                    ["protocol"],
                    ["access_token"],
                ],
                _ => new string[][]
                {
                    ["identity_provider"],
                    ["protocol"],
                    ["client_id"],
                    ["client_secret"],
                    ["discovery_endpoint", "access_token_endpoint"],
                },
            },
        ];

    private static IEnumerable<string> Known(AuthType type, HashSet<string> given) =>
        Needs(type, given)
            .SelectMany(group => group)
            .Concat([.. ProjectScope, .. DomainScope, .. SystemScope, .. ScopeDetails])
            .Concat(type is AuthType.Password or AuthType.ApplicationCredential ? User : [])
            .Concat(
                type == AuthType.ApplicationCredential
                    ? ["application_credential_id", "application_credential_name"]
                    : []
            )
            .Concat(type == AuthType.OidcClientCredentials ? ["openid_scope"] : []);
}
