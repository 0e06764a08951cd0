using System.CommandLine;
using System.CommandLine.Completions;

namespace FedSite.App.Commands;

/// <summary><c>fedsite completion bash|zsh|fish</c>: the script that lets a shell complete command lines.</summary>
internal static class CompletionCommand
{
    private const string Hidden = "complete-words";

    public static AppCommand Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish", HelpName = "bash|zsh|fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new AppCommand("completion", "Prints the script that lets a shell complete fedsite's command lines.")
        {
            Arguments = { shell },
            Formats = [OutputFormat.Table],
            Examples =
            [
                new("source <(fedsite completion bash)", "Complete in this bash"),
                new(
                    "fedsite completion bash > /etc/bash_completion.d/fedsite",
                    "Complete in every bash of this machine"
                ),
                new("fedsite completion zsh > \"${fpath[1]}/_fedsite\"", "Complete in zsh"),
                new("fedsite completion fish > ~/.config/fish/completions/fedsite.fish", "Complete in fish"),
            ],
            Run = (context, arguments, _) =>
            {
                context.Output.Text(
                    arguments.GetValue(shell) switch
                    {
                        "bash" => Bash,
                        "zsh" => Zsh,
                        _ => Fish,
                    }
                );
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    /// <summary>What the scripts call: prints the candidates for the last of the given words, a line each.</summary>
    public static AppCommand CreateHidden()
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        return new AppCommand(Hidden, "Candidates for the last of the words.")
        {
            Hidden = true,
            Arguments = { words },
            Run = (context, arguments, _) =>
            {
                foreach (var candidate in Candidates(CommandLine.CreateRoot(), arguments.GetValue(words) ?? []))
                    context.Output.Line(candidate);
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    /// <summary>Candidates for the last word, given those before it (without the program's name).</summary>
    internal static IEnumerable<string> Candidates(Command root, IReadOnlyList<string> words)
    {
        var command = root;
        Option? awaiting = null;
        foreach (var word in words.SkipLast(1))
        {
            var option = awaiting is null ? FindOption(command, word) : null;
            if (awaiting is null && option is null)
                command = command.Subcommands.FirstOrDefault(c => c.Name == word) ?? command;
            awaiting = option is not null && option.ValueType != typeof(bool) ? option : null;
        }

        var last = words.Count == 0 ? "" : words[^1];
        var all = (awaiting, last.StartsWith('-')) switch
        {
            ({ } option, _) => Labels(option.GetCompletions(CompletionContext.Empty)),
            (_, true) => HelpText.OptionsOf(command).Where(o => !o.Hidden).Select(o => o.Name),
            _ => command
                .Subcommands.Where(c => !c.Hidden)
                .Select(c => c.Name)
                .Concat(command.Arguments.SelectMany(a => Labels(a.GetCompletions(CompletionContext.Empty)))),
        };
        return all.Where(name => name.StartsWith(last, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    private static Option? FindOption(Command command, string word) =>
        HelpText.OptionsOf(command).FirstOrDefault(o => o.Name == word || o.Aliases.Contains(word));

    private static IEnumerable<string> Labels(IEnumerable<CompletionItem> items) => items.Select(item => item.Label);

    private const string Bash = """
        _fedsite() {
          local IFS=$'\n' line
          COMPREPLY=()
          while read -r line; do COMPREPLY+=("$line"); done < <(
            "${COMP_WORDS[0]}" complete-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
          )
        }
        # Without a candidate of ours, the shell offers file names.
        complete -o default -F _fedsite fedsite

        """;

    private const string Zsh = """
        #compdef fedsite
        _fedsite() {
          local -a candidates
          candidates=("${(@f)$("${words[1]}" complete-words -- "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
          candidates=("${(@)candidates:#}")
          if (( ${#candidates} )); then compadd -a candidates; else _files; fi
        }
        if [ "$funcstack[1]" = "_fedsite" ]; then _fedsite "$@"; else compdef _fedsite fedsite; fi

        """;

    private const string Fish = """
        function __fedsite_candidates
          set -l words (commandline -opc) (commandline -ct)
          $words[1] complete-words -- $words[2..-1] 2>/dev/null
        end
        complete -c fedsite -a '(__fedsite_candidates)'

        """;
}
