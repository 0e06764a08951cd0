using FedSite.Configuration;

namespace FedSite.Federation.Rendering;

/// <summary>Makes the files that join the programs of a site to the federation. Touches no network.</summary>
public static class FederationRenderer
{
    /// <param name="loaded">The site's configuration.</param>
    /// <param name="target">What to render.</param>
    /// <exception cref="FedSiteException">
    /// The configuration lacks something, or a value can not be written in the form of the target.
    /// </exception>
    public static RenderedTarget Render(LoadedSite loaded, RenderTarget target)
    {
        if (target == RenderTarget.TrustBundle)
            return TrustBundleFiles.Render(loaded);
        if (target == RenderTarget.NovaGpu)
            return NovaGpuFiles.Render(loaded);
        var site = RenderedSite.Of(loaded);
        return target switch
        {
            RenderTarget.Apache => ApacheFiles.Render(site),
            RenderTarget.Keystone => KeystoneFiles.Render(site),
            RenderTarget.Horizon => HorizonFiles.Render(site),
            RenderTarget.Esaco => EsacoFiles.Render(site),
            RenderTarget.Haproxy => HaproxyFiles.Render(site),
            _ => NginxFiles.Render(site),
        };
    }
}
