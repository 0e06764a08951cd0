using System.Text.RegularExpressions;

namespace FedSite.Configuration;

/// <summary>What keys under <c>images</c> demand of each other.</summary>
internal sealed class ImagesRules(SiteConfig site, Action<string, string> error)
{
    private const string Key = "images";

    public void Check()
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, source) in site.Images.Sources.Index())
        {
            CheckSource(source, $"{Key}.sources[{i}]");
            if (NameOf(source) is { Length: > 0 } name && !names.TryAdd(name, i))
                error($"{Key}.sources[{i}]", $"named `{name}` like sources[{names[name]}]; give it another `name`");
        }

        foreach (var (i, format) in site.Images.Formats.Index())
        {
            if (site.Images.Formats.Take(i).Contains(format))
                error($"{Key}.formats[{i}]", $"`{format}` is listed twice");
        }

        CheckSizes();
        CheckVos();
    }

    /// <summary>The source's name, or what stands for it; empty where the registry was refused.</summary>
    public static string NameOf(ImageSourceConfig source) =>
        source.Name
        ?? source.Project
        ?? (Uri.TryCreate(source.Registry, UriKind.Absolute, out var registry) ? registry.Authority : "");

    private void CheckSource(ImageSourceConfig source, string key)
    {
        if (source.Username is null != source.Password is null)
            error(key, "`username` and `password` belong together");
        if (source.Vos.Count == 0)
            error($"{key}.vos", "the list is empty; leave the key out for all VOs");
        else if (source.Vos is { Count: > 1 } && source.Vos.Contains("all"))
            error($"{key}.vos", "`all` stands alone");
        try
        {
            _ = new Regex(source.Tags, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            error($"{key}.tags", $"no regular expression that can be used here: {e.Message}");
        }
    }

    private void CheckSizes()
    {
        var sizes = new (string Name, ByteSize? Size)[]
        {
            ("download", site.Images.Limits.Download),
            ("virtual", site.Images.Limits.Virtual),
            ("per_vo", site.Images.Limits.PerVo),
            ("cache", site.Images.Limits.Cache),
            ("bandwidth", site.Images.Limits.Bandwidth),
        };
        foreach (var (name, _) in sizes.Where(size => size.Size is { Bytes: < 1 << 20 }))
            error($"{Key}.limits.{name}", "expected 1MiB or more");
    }

    private void CheckVos()
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, vo) in site.Images.Vos.Index())
        {
            if (vo.Name.Length > 0 && !names.TryAdd(vo.Name, i))
                error($"{Key}.vos[{i}].name", $"the VO {vo.Name} is listed twice");
            if (vo.OpenStack is { Cloud: not null, Auth: not null })
                error(
                    $"{Key}.vos[{i}].openstack.auth",
                    "excluded by `cloud`: the credentials are in clouds.yaml, or here"
                );
        }
    }
}
