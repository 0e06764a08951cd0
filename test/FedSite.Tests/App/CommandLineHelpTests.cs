using System.CommandLine;
using FedSite.App;
using FedSite.TestKit;

namespace FedSite.Tests.App;

public sealed class CommandLineHelpTests
{
    [Fact]
    public void Help_is_as_recorded() =>
        Golden.Check(
            string.Join("\n", Commands().Select(c => $"$ {HelpText.FullName(c)} --help\n{HelpText.Of(c)}")),
            "Contract/cli-help.txt"
        );

    [Fact]
    public void Exit_codes_are_as_recorded() =>
        Golden.Check(
            string.Join("", Enum.GetValues<ExitCode>().Select(code => $"{(int)code} {code}\n")),
            "Contract/exit-codes.txt"
        );

    [Fact]
    public void Every_command_has_an_example() => Assert.DoesNotContain(Commands(), c => c.Examples.Count == 0);

    [Fact]
    public void Every_example_is_a_right_command_line()
    {
        var wrong = Commands()
            .SelectMany(c => c.Examples)
            .Where(e => !IsRight(e.CommandLine))
            .Select(e => e.CommandLine);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_option_and_argument_is_described()
    {
        var silent = Commands()
            .SelectMany(c => HelpText.OptionsOf(c).Cast<Symbol>().Concat(c.Arguments))
            .Where(symbol => string.IsNullOrEmpty(symbol.Description))
            .Select(symbol => symbol.Name);
        Assert.Empty(silent);
    }

    [Fact]
    public void Formats_that_a_command_has_besides_the_usual_ones_are_named_in_its_help() =>
        Assert.All(
            Commands().Where(c => c.Formats.Count > 2),
            c =>
                Assert.All(
                    c.Formats,
                    format =>
                        Assert.Matches($@"--output FORMAT .*\b{format.ToString().ToLowerInvariant()}\b", HelpText.Of(c))
                )
        );

    private static bool IsRight(string example)
    {
        // From the program's name to where the shell's own syntax takes over.
        var start = example.IndexOf("fedsite", StringComparison.Ordinal);
        var words = example[start..]
            .Split(' ')
            .Skip(1)
            .TakeWhile(word => word[0] is not ('>' or '|' or '&' or '<'))
            .ToList();
        var arguments = CommandLine.CreateRoot().Parse(words.Select(word => word.Trim('\'', '"', ')')).ToList());
        return arguments.UnmatchedTokens.Count == 0
            && (words.Any(word => word is "--help" or "--version") || UsageProblems.Describe(arguments) is null);
    }

    private static List<AppCommand> Commands()
    {
        var all = new List<AppCommand>();
        Collect(CommandLine.CreateRoot());
        return all;

        void Collect(Command command)
        {
            all.Add((AppCommand)command);
            foreach (var child in command.Subcommands.Where(c => !c.Hidden))
                Collect(child);
        }
    }
}
