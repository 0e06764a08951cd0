using System.CommandLine;
using System.CommandLine.Parsing;

namespace FedSite.App;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageProblems
{
    /// <summary>One sentence a problem, a line each; null when there is none.</summary>
    public static string? Describe(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        // The parser takes a mistyped option for an argument where a command has some; behind `--` it may be one.
        List<string> unknown =
        [
            .. arguments.UnmatchedTokens,
            .. arguments.Tokens.Any(token => token.Type is TokenType.DoubleDash)
                ? []
                : arguments
                    .CommandResult.Children.OfType<ArgumentResult>()
                    .SelectMany(argument => argument.Tokens.Select(token => token.Value))
                    .Where(word => word.StartsWith("--", StringComparison.Ordinal)),
        ];
        // The parser reports unknown words itself, and "command required" as their consequence.
        var problems =
            unknown.Count > 0
                ? unknown.Take(1).Select(word => Unknown(word, command))
                : arguments.Errors.Select(error => OneLine(error.Message)).Distinct();
        var text = string.Join('\n', problems);
        return text.Length == 0 ? null : text;
    }

    private static string Unknown(string word, Command command)
    {
        var isOption = word.StartsWith('-');
        var name = isOption ? word.Split('=')[0] : word;
        var known = isOption
            ? HelpText.OptionsOf(command).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var nearest = NearestWord.Of(name, known);
        var what =
            isOption ? "option"
            : command.Subcommands.Count > 0 ? "command"
            : "argument";
        return $"`{HelpText.FullName(command)}` has no {what} {name}."
            + (nearest is null ? "" : $" Did you mean {nearest}?");
    }

    private static string OneLine(string message) =>
        message.Replace(":\n\t", ": ", StringComparison.Ordinal).Replace("\n\t", ", ", StringComparison.Ordinal);
}
