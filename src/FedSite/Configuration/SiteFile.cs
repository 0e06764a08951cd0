using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>Finds and reads <c>site.yaml</c>. Touches no network.</summary>
public static class SiteFile
{
    /// <summary>Where it is looked for, after <c>--config</c> and <c>FEDSITE_CONFIG</c>.</summary>
    public const string SystemPath = "/etc/fedsite/site.yaml";

    /// <summary>Reads the site's configuration.</summary>
    /// <param name="file">Value of <c>--config</c>, or null to look in the usual places.</param>
    /// <param name="environment">Variables and working folder.</param>
    /// <exception cref="ConfigurationException">There is none, or it has errors: all of them at once.</exception>
    public static LoadedSite Load(string? file, HostEnvironment environment)
    {
        var path = Find(file, environment);
        string text;
        try
        {
            text = BoundedFile.ReadText(path, YamlReader.MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException(
                $"The configuration {path} can't be read: {BoundedFile.Reason(e)}.",
                "Name another file with --config, or see to it that this account may read this one."
            );
        }

        return Read(text, path, environment);
    }

    /// <summary>Reads the text of a configuration that stands, or would stand, at <paramref name="path"/>.</summary>
    internal static LoadedSite Read(string text, string path, HostEnvironment environment)
    {
        var problems = new ProblemList(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path, environment.WorkingFolder))!;
        var reader = new SiteReader(new ScalarText(folder, environment.Variable, problems), folder, problems);
        var config = YamlReader.Read(text, problems) is { } root ? reader.Read(root) : null;
        if (config is not null)
            new SiteRules(config, reader.PlaceOf, problems).Check();
        // Rules judge what the reader could understand, so that both kinds of problems show up together.
        if (config is null || problems.HasErrors)
            throw new ConfigurationException(problems.InFileOrder());
        return new LoadedSite
        {
            Config = config with
            {
                State = config.State ?? environment.StateFolder(),
                Images = config.Images with { Cache = config.Images.Cache ?? environment.ImageCacheFolder() },
            },
            Path = path,
            Warnings = problems.InFileOrder(),
            Settings = reader.Settings,
        };
    }

    private static string Find(string? file, HostEnvironment environment)
    {
        if (file is not null)
            return Absolute(file, environment);
        if (environment.NonEmpty("FEDSITE_CONFIG") is { } variable)
            return Absolute(variable, environment);
        string[] places = [SystemPath, Path.Combine(environment.WorkingFolder, "site.yaml")];
        // A place that this account may not look into counts: "not found" would mislead.
        return places.FirstOrDefault(Exists)
            ?? throw new ConfigurationException(
                $"There is no site configuration: neither --config nor FEDSITE_CONFIG is given, {places[0]} and {places[1]} do not exist.",
                "`fedsite init` writes one."
            );
    }

    private static string Absolute(string path, HostEnvironment environment) =>
        Path.GetFullPath(path, environment.WorkingFolder);

    private static bool Exists(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
