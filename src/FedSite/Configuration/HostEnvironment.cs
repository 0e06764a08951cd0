namespace FedSite.Configuration;

/// <summary>What the configuration may take from around the process.</summary>
/// <param name="Variable">Value of an environment variable, null when it is not set.</param>
/// <param name="WorkingFolder">Where <c>./site.yaml</c> and <c>./clouds.yaml</c> are looked for.</param>
public sealed record HostEnvironment(Func<string, string?> Variable, string WorkingFolder)
{
    public static HostEnvironment OfProcess() =>
        new(Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory());

    /// <summary>Folder of state when the file names none: <c>/var/lib/fedsite</c>, or the user's own.</summary>
    public string StateFolder()
    {
        if (Environment.IsPrivilegedProcess)
            return "/var/lib/fedsite";
        var folder = NonEmpty("XDG_STATE_HOME") ?? Path.Combine(NonEmpty("HOME") ?? WorkingFolder, ".local/state");
        return Path.Combine(folder, "fedsite");
    }

    /// <summary>Folder of downloaded images when the file names none: <c>/var/cache/fedsite/images</c>, or the user's own.</summary>
    public string ImageCacheFolder()
    {
        if (Environment.IsPrivilegedProcess)
            return "/var/cache/fedsite/images";
        var folder = NonEmpty("XDG_CACHE_HOME") ?? Path.Combine(NonEmpty("HOME") ?? WorkingFolder, ".cache");
        return Path.Combine(folder, "fedsite/images");
    }

    /// <summary>Null also when it is empty.</summary>
    internal string? NonEmpty(string name) => Variable(name) is { Length: > 0 } value ? value : null;
}
