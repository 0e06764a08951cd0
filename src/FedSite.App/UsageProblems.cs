using System.CommandLine;

namespace FedSite.App;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageProblems
{
    /// <summary>One sentence a problem, a line each; null when there is none.</summary>
    public static string? Describe(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        var unknown = arguments.UnmatchedTokens;
        // The parser reports unknown words itself, and "command required" as their consequence.
        var problems =
            unknown.Count > 0
                ? unknown.Take(1).Select(word => Unknown(word, command))
                : arguments.Errors.Select(error => OneLine(error.Message)).Distinct();
        var text = string.Join('\n', problems);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The one of <paramref name="known"/> that is nearest to <paramref name="word"/>, if any is near.</summary>
    internal static string? Nearest(string word, IEnumerable<string> known) =>
        known
            .Select(candidate => (candidate, Distance: Distance(word, candidate)))
            .Where(pair => pair.Distance <= Math.Max(1, word.TrimStart('-').Length / 3))
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();

    private static string Unknown(string word, Command command)
    {
        var isOption = word.StartsWith('-');
        var name = isOption ? word.Split('=')[0] : word;
        var known = isOption
            ? HelpText.OptionsOf(command).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var nearest = Nearest(name, known);
        var what =
            isOption ? "option"
            : command.Subcommands.Count > 0 ? "command"
            : "argument";
        return $"`{HelpText.FullName(command)}` has no {what} {name}."
            + (nearest is null ? "" : $" Did you mean {nearest}?");
    }

    private static string OneLine(string message) =>
        message.Replace(":\n\t", ": ", StringComparison.Ordinal).Replace("\n\t", ", ", StringComparison.Ordinal);

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two words.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
