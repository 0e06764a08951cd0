using FedSite.Federation;

namespace FedSite.Configuration;

/// <summary>What keys under <c>federation</c> demand of each other.</summary>
internal sealed class FederationRules(FederationConfig federation, Action<string, string> error)
{
    private const string Key = "federation";

    public void Check()
    {
        if (federation.Providers.Count > 0)
            CheckSeveral();
        else
            CheckOne(Key, federation.Provider, federation.Issuer);
        CheckUrl($"{Key}.keystone", federation.Keystone);
        CheckUrl($"{Key}.horizon", federation.Horizon);
        CheckUrl($"{Key}.introspection_proxy", federation.IntrospectionProxy);
    }

    /// <summary>What looks like one may still have a port beyond 65535, or no host.</summary>
    private void CheckUrl(string key, string? url)
    {
        if (url?.StartsWith("http", StringComparison.Ordinal) == true && !Uri.TryCreate(url, UriKind.Absolute, out _))
            error(key, $"`{url}` is no URL: look at its host and port");
    }

    private void CheckSeveral()
    {
        var single = new (string Name, bool IsGiven)[]
        {
            ("provider", federation.Provider is not null),
            ("issuer", federation.Issuer is not null),
            ("client", federation.Client is not null),
            ("idp", federation.Idp != FederationConfig.DefaultIdp),
            ("protocol", federation.Protocol != FederationConfig.DefaultProtocol),
            ("mapping", federation.Mapping != FederationConfig.DefaultMapping),
        };
        foreach (var (name, _) in single.Where(key => key.IsGiven))
            error($"{Key}.{name}", "excluded by `providers`: write it into each provider");
        foreach (var (i, provider) in federation.Providers.Index())
            CheckOne($"{Key}.providers[{i}]", provider.Provider, provider.Issuer);
        CheckDistinct("idp", federation.Providers.Select(provider => provider.Idp));
        CheckDistinct("issuer", OpenIdProvider.Of(federation).Select(provider => provider.Issuer));
    }

    private void CheckOne(string key, string? provider, string? issuer)
    {
        if (provider is null && issuer is null)
            error(key, "needs `provider` (checkin, checkin-demo), or `issuer` of another OpenID provider");
        else if (provider is not null && issuer is not null)
            error($"{key}.issuer", "excluded by `provider`, which stands for its own issuer");
        CheckUrl($"{key}.issuer", issuer);
    }

    private void CheckDistinct(string name, IEnumerable<string> values)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, value) in values.Index())
        {
            if (value.Length > 0 && !first.TryAdd(value, i))
                error($"{Key}.providers[{i}].{name}", $"`{value}` is used twice; each provider needs one of its own");
        }
    }
}
