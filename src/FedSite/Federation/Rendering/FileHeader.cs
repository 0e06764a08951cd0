namespace FedSite.Federation.Rendering;

/// <summary>The comment that every rendered file begins with, and how the parts of a file are put together.</summary>
internal static class FileHeader
{
    /// <param name="target">What the user named.</param>
    /// <param name="what">What the file is and does.</param>
    /// <param name="use">Where it goes and how it takes effect, line by line.</param>
    public static string Of(RenderTarget target, string what, string use) =>
        Remark(
            $"{what}\n\n{use}\n\nMade by `fedsite federation render {target.Word()}`: change site.yaml and render again."
        );

    /// <summary>A comment of one or more lines.</summary>
    public static string Remark(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? "#" : $"# {line}"));

    /// <summary>Parts with an empty line between them; null ones are left out.</summary>
    public static string Parts(params IEnumerable<string?> parts) => string.Join("\n\n", parts.OfType<string>()) + "\n";
}
