using System.CommandLine;
using System.Text;

namespace FedSite.App;

/// <summary>What <c>--help</c> prints: usage, arguments, options, commands, examples.</summary>
internal static class HelpText
{
    private const int Width = 100;

    public static string Of(AppCommand command)
    {
        var text = new StringBuilder();
        text.Append(command.Description).Append("\n\nUsage:\n  ").Append(Usage(command)).Append('\n');
        Section(text, "Commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description)));
        Section(text, "Arguments", command.Arguments.Select(a => (Label(a), a.Description)));
        var options = command.Options.Where(o => !o.Hidden && !o.Recursive);
        Section(text, "Options", options.Select(o => (Label(o), o.Description)));
        var global = OptionsOf(command).Where(o => o.Recursive);
        Section(text, "Global options", global.Select(o => (Label(o), GlobalOptions.Describe(o, command))));
        Examples(text, command.Examples);
        if (command.Run is null)
            text.Append('\n').Append(FullName(command)).Append(" COMMAND --help tells more about a command.\n");
        return text.ToString();
    }

    /// <summary>The words that lead to the command, for instance <c>fedsite messages list</c>.</summary>
    public static string FullName(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? command.Name : $"{FullName(parent)} {command.Name}";
    }

    /// <summary>All options that the command understands, global ones too.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive);
        return command.Options.Concat(inherited);
    }

    private static string Usage(AppCommand command)
    {
        var words = new List<string> { FullName(command) };
        if (command.Run is null)
            words.Add("COMMAND");
        words.AddRange(command.Arguments.Select(Label));
        foreach (var option in command.Options.Where(o => o.Required))
            words.Add(Label(option));
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Label(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name.ToUpperInvariant();
        if (argument.Arity.MaximumNumberOfValues > 1)
            name += "...";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static string Label(Option option)
    {
        var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name));
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)
            ? names
            : $"{names} {option.HelpName ?? "VALUE"}";
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Label, string? Description)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
            return;
        text.Append('\n').Append(title).Append(":\n");
        var column = list.Max(row => row.Label.Length) + 4;
        foreach (var (label, description) in list)
        {
            text.Append("  ").Append(label.PadRight(column - 2));
            var first = true;
            foreach (var line in Wrap(description ?? "", Width - column))
            {
                if (!first)
                    text.Append(' ', column);
                text.Append(line).Append('\n');
                first = false;
            }
        }
    }

    private static void Examples(StringBuilder text, IReadOnlyList<Example> examples)
    {
        if (examples.Count == 0)
            return;
        text.Append("\nExamples:\n");
        foreach (var example in examples)
            text.Append("  # ").Append(example.Purpose).Append("\n  ").Append(example.CommandLine).Append('\n');
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }

        yield return line.ToString();
    }
}
