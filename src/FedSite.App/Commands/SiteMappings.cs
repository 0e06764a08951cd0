using System.Text.Json;
using FedSite.Configuration;
using FedSite.Federation;

namespace FedSite.App.Commands;

/// <summary>The mappings that are in force at the site, for commands that were given no file.</summary>
internal static class SiteMappings
{
    private static readonly string[] IssuerNames = ["iss", "OIDC-iss", "HTTP_OIDC_ISS"];

    /// <summary>One a provider; providers that share a mapping are read once.</summary>
    public static async Task<IReadOnlyList<SiteMapping>> ReadAsync(CommandContext context, CancellationToken ct)
    {
        var federation = FederationOf(context);
        var table = new VoTable(context.OpenState(), context.Time).Read();
        using var cloud = context.ConnectCloud();
        using var progress = context.Progress("Reading mappings");
        var mappings = new List<SiteMapping>();
        foreach (var provider in OpenIdProvider.Of(federation).DistinctBy(provider => provider.Mapping))
            mappings.Add(await SiteMapping.ReadAsync(context.Site, provider, table, cloud.Identity, ct));
        return mappings;
    }

    /// <summary>The login comes from this provider, by its issuer.</summary>
    public static bool IsOf(OpenIdProvider provider, JsonElement login) =>
        IssuerNames.Any(name => login.TryGetProperty(name, out var issuer) && issuer.ToString() == provider.Issuer);

    public static Task<JsonElement> IntrospectAsync(CommandContext context, string token, CancellationToken ct) =>
        Introspection.AskAsync(FederationOf(context), token, ct);

    private static FederationConfig FederationOf(CommandContext context) =>
        context.Site.Federation
        ?? throw new FedSiteException(
            "site.yaml has no `federation`, so it is not known which mapping is meant.",
            "Name a file, or write `federation` as docs/joining-the-federation.md shows.",
            ExitCode.Usage
        );
}
