using System.Text;
using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>Resolves <c>${NAME}</c> and <c>!file PATH</c> in the values of a configuration file.</summary>
/// <param name="folder">Folder that relative paths start from.</param>
/// <param name="variables">The environment.</param>
/// <param name="problems">Gets what can not be resolved.</param>
internal sealed class ScalarText(string folder, Func<string, string?> variables, ProblemList problems)
{
    /// <summary>Longest file that <c>!file</c> takes; nothing that belongs into a configuration is longer.</summary>
    private const int MaxFileBytes = 64 << 10;

    /// <summary>The value, and where it came from if not from the file itself; null when there is none.</summary>
    public (string Text, string? From)? Resolve(YamlScalar scalar, string key)
    {
        if (scalar.Tag is not (null or "!file"))
        {
            problems.Error(scalar.Place, key, $"the tag `{scalar.Tag}` is not understood; `!file PATH` is");
            return null;
        }

        var (text, names) = Expand(scalar, key);
        if (text is null)
            return null;
        if (scalar.Tag is not null)
            return ReadFile(scalar, key, text);
        return (text, names.Count == 0 ? null : string.Join(", ", names.Select(name => $"${{{name}}}")));
    }

    private (string? Text, IReadOnlyList<string> Names) Expand(YamlScalar scalar, string key)
    {
        var source = scalar.Text;
        var text = new StringBuilder();
        var names = new List<string>();
        var failed = false;
        for (var i = 0; i < source.Length; i++)
        {
            if (source.AsSpan(i).StartsWith("$${"))
            {
                text.Append("${");
                i += 2;
            }
            else if (source.AsSpan(i).StartsWith("${"))
            {
                var end = source.IndexOf('}', i);
                var name = end < 0 ? "" : source[(i + 2)..end];
                failed |= !Append(text, scalar, key, name);
                names.Add(name);
                i = end < 0 ? source.Length : end;
            }
            else
            {
                text.Append(source[i]);
            }
        }

        return (failed ? null : text.ToString(), names);
    }

    private bool Append(StringBuilder text, YamlScalar scalar, string key, string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Error(
                scalar.Place,
                key,
                "`${` must be followed by the name of an environment variable and `}`; write `$${` for the text itself"
            );
            return false;
        }

        if (variables(name) is not { } value)
        {
            problems.Error(scalar.Place, key, $"the environment variable {name} is not set");
            return false;
        }

        text.Append(value);
        return true;
    }

    private (string Text, string? From)? ReadFile(YamlScalar scalar, string key, string path)
    {
        var full = Path.Combine(folder, path);
        try
        {
            if (path.Length == 0)
                throw new IOException("no path is given");
            var text = BoundedFile.ReadText(full, MaxFileBytes);
            if (text.EndsWith('\n'))
                text = text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
            return (text, $"!file {full}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Error(scalar.Place, key, $"the file {full} can't be read: {BoundedFile.Reason(e)}");
            return null;
        }
    }
}
