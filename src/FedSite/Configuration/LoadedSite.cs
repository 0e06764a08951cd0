namespace FedSite.Configuration;

/// <summary>A <c>site.yaml</c> without errors.</summary>
public sealed record LoadedSite
{
    /// <summary>What it says, with defaults and absolute paths.</summary>
    public required SiteConfig Config { get; init; }

    /// <summary>The file, as an absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Worth telling before any work.</summary>
    public required IReadOnlyList<ConfigProblem> Warnings { get; init; }

    /// <summary>By key path, such as <c>messaging.ams.port</c>; only what the file has.</summary>
    internal IReadOnlyDictionary<string, Setting> Settings { get; init; } = new Dictionary<string, Setting>();

    /// <summary>Files and folders that the configuration names but that are not there.</summary>
    public IReadOnlyList<ConfigProblem> FindMissingFiles() =>
        [
            .. EffectiveSettings
                .Of(this)
                .Where(setting => setting.PathUse is PathUse.File or PathUse.Folder && !Exists(setting))
                .Select(setting => new ConfigProblem(
                    ProblemSeverity.Warning,
                    Path,
                    setting.Place?.Line ?? 0,
                    setting.Place?.Column ?? 0,
                    setting.Key,
                    $"there is no {(setting.PathUse == PathUse.File ? "file" : "folder")} {setting.Value}"
                        + (setting.Place is null ? " (the default)" : "")
                )),
        ];

    private static bool Exists(EffectiveSetting setting) =>
        setting.PathUse == PathUse.File ? File.Exists(setting.Value) : Directory.Exists(setting.Value);
}
