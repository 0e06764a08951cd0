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

    /// <summary>Secrets that are written in the file itself although any account of the host can read it.</summary>
    public IReadOnlyList<ConfigProblem> FindExposedSecrets()
    {
        if (!File.GetUnixFileMode(Path).HasFlag(UnixFileMode.OtherRead))
            return [];
        return
        [
            .. EffectiveSettings
                .Of(this)
                .Where(setting => setting.IsSecret && Settings[setting.Key].From is null)
                .Select(setting => new ConfigProblem(
                    ProblemSeverity.Warning,
                    Path,
                    setting.Place!.Line,
                    setting.Place.Column,
                    setting.Key,
                    $"every account of this host can read it here; write ${{NAME}} or !file instead, or: chmod o-r {Path}"
                )),
        ];
    }

    private static bool Exists(EffectiveSetting setting) =>
        setting.PathUse == PathUse.File ? File.Exists(setting.Value) : Directory.Exists(setting.Value);
}
