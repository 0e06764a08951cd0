namespace FedSite.Federation.Rendering;

/// <summary>A file for a program of the site. Holds no secret.</summary>
/// <param name="Path">Relative to the folder that it goes to.</param>
/// <param name="Content">The same from run to run as long as the configuration is.</param>
public sealed record RenderedFile(string Path, string Content)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    internal const UnixFileMode Program =
        Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Plain = Readable | UnixFileMode.UserWrite;

    /// <summary>0644, or 0755 for a program.</summary>
    public UnixFileMode Mode { get; init; } = Plain;

    /// <summary>For instance <c>0644</c>.</summary>
    public string OctalMode => "0" + Convert.ToString((int)Mode, 8);
}

/// <summary>What one target needs.</summary>
/// <param name="Files">In the order in which one reads them.</param>
/// <param name="Warnings">What is left for the site to do, or could not be used, as sentences.</param>
public sealed record RenderedTarget(IReadOnlyList<RenderedFile> Files, IReadOnlyList<string> Warnings)
{
    /// <summary>Something that belongs into the files is missing there, as a warning says.</summary>
    public bool IsPartial { get; init; }
}
