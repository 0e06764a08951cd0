using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FedSite.Federation.Rendering;

/// <summary>
/// Values of the configuration in the syntax of each program, so that none can end its own directive. What a syntax can
/// not hold is refused.
/// </summary>
internal static partial class Quoted
{
    private const string Federation = "federation";

    /// <summary>A quoted argument of Apache. <c>${</c> would be replaced even in quotes, and nothing escapes it.</summary>
    public static string Apache(string text) => $"\"{Escape(Refuse(text, "Apache", "${"))}\"";

    /// <summary>A regular expression of Apache that matches this text alone, without anchors and quotes.</summary>
    public static string ApachePattern(string text) =>
        // A lone backslash stays one in quotes; only those before another or before a quote do not.
        Regex
            .Escape(Refuse(text, "Apache", "${"))
            .Replace("\\\\", "\\\\\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>A value of oslo.config, where <c>$</c> begins a reference.</summary>
    public static string Oslo(string text) =>
        Refuse(text, "keystone.conf").Replace("$", "$$", StringComparison.Ordinal);

    /// <summary>A string of Python; YAML and JSON understand it too.</summary>
    public static string Python(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in Refuse(text, "Python"))
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsAscii(c))
                quoted.Append(c);
            else
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A string of YAML for Spring, which replaces <c>${</c> in any value.</summary>
    public static string Spring(string text) => Python(Refuse(text, "ESACO", "${"));

    /// <summary>A word of the shell.</summary>
    public static string Shell(string text) =>
        $"'{Refuse(text, "the shell").Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A path as it is: made of what no program takes for anything else.</summary>
    public static string Path(string path, string key) =>
        PlainPath().IsMatch(path)
            ? path
            : throw new FedSiteException(
                $"{key}: the path {path} can't be written into the files of other programs.",
                "Use a path of letters, digits, `/`, `.`, `_`, `-`, `+`, `@`, `=`, `,`, `:`.",
                ExitCode.Usage
            );

    /// <summary>A remark: one line, nothing else. A backslash at its end would take the next line along.</summary>
    public static string Comment(string text) => Refuse(text, "a comment", "\\");

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Refuse(string text, string program, string? forbidden = null)
    {
        if (text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' || char.IsSurrogate(c)))
            throw Refused(text, program, "characters that are no part of a line");
        return forbidden is not null && text.Contains(forbidden, StringComparison.Ordinal)
            ? throw Refused(text, program, $"`{forbidden}`, which can't be escaped there")
            : text;
    }

    private static FedSiteException Refused(string text, string program, string what)
    {
        var shown = string.Concat(text.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return new FedSiteException(
            $"`{shown}` under `{Federation}` can't be written for {program}: it has {what}.",
            "Correct it in site.yaml.",
            ExitCode.Usage
        );
    }

    [GeneratedRegex(@"^/[A-Za-z0-9/._+@=,:-]+\z", RegexOptions.None, 1000)]
    private static partial Regex PlainPath();
}
