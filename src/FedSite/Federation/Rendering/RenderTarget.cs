namespace FedSite.Federation.Rendering;

/// <summary>What can be rendered.</summary>
public enum RenderTarget
{
    Apache,
    Keystone,
    Horizon,
    Esaco,
    Haproxy,
    Nginx,

    /// <summary>The certification authorities of the grid in two files; needs no <c>federation</c>.</summary>
    TrustBundle,

    /// <summary>The site's file for the central operations; GOCDB is asked for the endpoint.</summary>
    Catchall,

    /// <summary>What Nova's hosts need for flavors with accelerators; needs no <c>federation</c> but <c>flavors</c>.</summary>
    NovaGpu,
}

/// <summary>Words of the targets on the command line.</summary>
public static class RenderTargets
{
    /// <summary>All words, in the order of the targets.</summary>
    public static IReadOnlyList<string> Words { get; } =
    ["apache", "keystone", "horizon", "esaco", "haproxy", "nginx", "trust-bundle", "catchall", "nova-gpu"];

    public static string Word(this RenderTarget target) => Words[(int)target];
}
