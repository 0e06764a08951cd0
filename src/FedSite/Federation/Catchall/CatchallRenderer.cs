using FedSite.Configuration;
using FedSite.Federation.Rendering;
using FedSite.Information.Gocdb;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;

namespace FedSite.Federation.Catchall;

/// <summary>Makes the site's file for the central operations out of <c>site.yaml</c>.</summary>
/// <param name="config">The site.</param>
/// <param name="connect">A connection to the cloud; only used where <c>site.yaml</c> names projects by name.</param>
public sealed class CatchallRenderer(SiteConfig config, Func<OpenStackCloud> connect, TimeProvider time, ILogger logger)
{
    /// <summary>VOs that are retiring and have been withdrawn: the file does not name them.</summary>
    public IReadOnlySet<string> Withdrawn { get; init; } = WithdrawnVos.Of(config, time);

    /// <exception cref="FedSiteException">There is no <c>federation</c> in the file, or Keystone can't be asked.</exception>
    public async Task<RenderedTarget> RenderAsync(CancellationToken ct)
    {
        var federation =
            config.Federation
            ?? throw new FedSiteException(
                "site.yaml has no `federation`, so Keystone's URL is not known.",
                "Write it as docs/joining-the-federation.md shows: `federation: {provider: checkin, keystone: https://…}`.",
                ExitCode.Usage
            );
        var (endpoint, warning) = await EndpointAsync(federation, ct);
        var source = CatchallSource.Of(config, endpoint, Withdrawn, await ProjectIdsAsync(ct));
        string?[] warnings = [warning, .. source.Warnings];
        var file = new RenderedFile($"{config.Site.Name}.yaml", CatchallText.Write(source.Site));
        return new RenderedTarget([file], [.. warnings.OfType<string>()]) { IsPartial = !source.IsWhole };
    }

    private async Task<IReadOnlyDictionary<string, string>> ProjectIdsAsync(CancellationToken ct)
    {
        var named = CatchallSource.Named(config, Withdrawn);
        if (named.Count == 0)
            return new Dictionary<string, string>();
        using var cloud = connect();
        return await new CatchallProjects(cloud.Identity).FindAsync(named, ct);
    }

    private async Task<(string Endpoint, string? Warning)> EndpointAsync(
        FederationConfig federation,
        CancellationToken ct
    )
    {
        if (federation.Catchall.Endpoint is { } given)
            return (given, null);
        try
        {
            using var gocdb = new GocdbClient(config.Information.Gocdb, time, logger);
            return await gocdb.FindUrlAsync(new Uri(federation.Keystone), config.Site.Name, ct) is { } url
                ? (url, null)
                : (federation.Keystone, Warning($"GOCDB has no service with the URL {federation.Keystone}"));
        }
        catch (FedSiteException e)
        {
            return (federation.Keystone, Warning(e.Message.TrimEnd('.')));
        }
    }

    private static string Warning(string reason) =>
        $"{reason}; the file has federation.keystone as its endpoint, which must be what GOCDB has, letter by letter";
}
