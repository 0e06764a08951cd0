using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Federation.Rendering;

/// <summary>What the rendered files say of a site, worked out once for all of them.</summary>
internal sealed class RenderedSite
{
    private const string Key = "federation";

    private readonly LoadedSite _loaded;

    private RenderedSite(LoadedSite loaded, FederationConfig config)
    {
        _loaded = loaded;
        Config = config;
        Providers = OpenIdProvider.Of(config);
        KeystoneUrl = FedSite.Configuration.KeystoneUrl.Normalize(config.Keystone);
    }

    public FederationConfig Config { get; }
    public IReadOnlyList<OpenIdProvider> Providers { get; }

    /// <summary>Ends with <c>/v3</c>.</summary>
    public Uri KeystoneUrl { get; }

    /// <summary>Folder of trusted CAs and CRLs in IGTF layout.</summary>
    public string TrustFolder => _loaded.Config.Messaging.Trust;

    public bool HasSeveral => Config.Providers.Count > 0;

    /// <summary>Null: each token is shown to its own provider.</summary>
    public Uri? IntrospectionProxy =>
        Config.IntrospectionProxy is { } proxy ? new Uri(proxy)
        : HasSeveral ? new Uri("http://localhost:8156/introspect")
        : null;

    /// <summary>Protocol ids, each once.</summary>
    public IEnumerable<string> Protocols => Providers.Select(provider => provider.Protocol).Distinct();

    /// <summary>Where providers send browsers back to; one for all of them.</summary>
    public string RedirectUri =>
        $"{KeystoneUrl.AbsoluteUri}/auth/OS-FEDERATION/websso/{Providers[0].Protocol}/redirect";

    /// <exception cref="FedSiteException">There is no <c>federation</c> in the file.</exception>
    public static RenderedSite Of(LoadedSite loaded) =>
        new(
            loaded,
            loaded.Config.Federation
                ?? throw new FedSiteException(
                    $"{loaded.Path} has no section `federation`.",
                    "Write it: `keystone`, `provider` (checkin, checkin-demo) and `client` are the least.",
                    ExitCode.Usage
                )
        );

    /// <summary>Key of a provider's client, for instance <c>federation.providers[1].client</c>.</summary>
    public string ClientKey(int provider) =>
        HasSeveral
            ? string.Create(CultureInfo.InvariantCulture, $"{Key}.providers[{provider}].client")
            : $"{Key}.client";

    /// <exception cref="FedSiteException">There is none.</exception>
    public string ClientId(int provider) =>
        Providers[provider].Client?.Id
        ?? throw new FedSiteException(
            $"{ClientKey(provider)} is missing: which client of {Providers[provider].Issuer} is Keystone?",
            "Register one there (for Check-in: the Federation Registry) and write its `id`, and `secret: !file PATH`.",
            ExitCode.Usage
        );

    /// <summary>The file that holds a provider's client secret on the hosts; null: the configuration names none.</summary>
    public string? ClientSecretFile(int provider) => FileOf($"{ClientKey(provider)}.secret");

    /// <summary>The file that holds the crypto passphrase on the hosts; null: the configuration names none.</summary>
    public string? CryptoPassphraseFile => FileOf($"{Key}.crypto_passphrase");

    // Secrets by value or out of the environment are not in any file that a program of another host could read.
    private string? FileOf(string key)
    {
        const string Tag = "!file ";
        var from = _loaded.Settings.GetValueOrDefault(key)?.From;
        if (from?.StartsWith(Tag, StringComparison.Ordinal) != true)
            return null;
        return Quoted.Path(from[Tag.Length..], key);
    }
}
