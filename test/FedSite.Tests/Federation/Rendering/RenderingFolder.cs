using FedSite.Configuration;
using FedSite.Federation.Rendering;
using FedSite.Tests.Configuration;

namespace FedSite.Tests.Federation.Rendering;

/// <summary>A site.yaml with secrets in files beside it.</summary>
internal sealed class RenderingFolder : IDisposable
{
    /// <summary>Stands in each secret, and must stand nowhere else.</summary>
    public const string Secret = "swordfish";

    private readonly TextFolder _folder = new();

    public RenderingFolder(string yaml)
    {
        _folder.Write("secrets/checkin", $"{Secret}\n");
        _folder.Write("secrets/crypto", $"{Secret}\n");
        SiteYaml = _folder.Write("site.yaml", yaml);
    }

    public string Path => _folder.Path;

    public string SiteYaml { get; }

    public RenderedTarget Render(RenderTarget target) =>
        FederationRenderer.Render(SiteFile.Load(SiteYaml, new HostEnvironment(_ => Secret, Path)), target);

    /// <summary>All files of a target in one text, or why there are none.</summary>
    public string Report(string target)
    {
        try
        {
            var rendering = Render((RenderTarget)RenderTargets.Words.Index().First(word => word.Item == target).Index);
            var files = rendering.Files.Select(file => $"==== {file.Path} {file.OctalMode}\n{file.Content}");
            var warnings = rendering.Warnings.Select(warning => $"==== warning: {warning}\n");
            return WithoutFolder(string.Concat(files.Concat(warnings)));
        }
        catch (FedSiteException e)
        {
            return WithoutFolder($"{e.Message}\n{e.NextStep}\n");
        }
    }

    public void Dispose() => _folder.Dispose();

    private string WithoutFolder(string text) => text.Replace(Path, "/etc/fedsite", StringComparison.Ordinal);
}
