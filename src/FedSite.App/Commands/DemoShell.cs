using System.Globalization;
using System.Text;
using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary>Tells the steps of the demonstration, and runs command lines on the site in a folder.</summary>
internal sealed class DemoShell(CommandContext context, string folder)
{
    private int _step;

    /// <summary>The first exit code that was not meant.</summary>
    public ExitCode Outcome { get; private set; } = ExitCode.Done;

    /// <summary>Variables of the process, and where the sandbox's accounts are.</summary>
    public Func<string, string?> Environment =>
        name => name == "OS_CLIENT_CONFIG_FILE" ? FileOf("clouds.yaml") : context.Terminal.Environment(name);

    public string FileOf(string name) => Path.Combine(folder, name);

    public void Tell(string text) => Say(string.Create(CultureInfo.InvariantCulture, $"\n[{++_step}] {text}\n\n"));

    public void Say(string text) => context.Output.Text(text);

    /// <summary>Indented.</summary>
    public void Show(string text) =>
        Say(string.Concat(text.TrimEnd().Split('\n').Select(line => $"    {line}".TrimEnd() + "\n")));

    public void Expect(bool holds)
    {
        if (!holds && Outcome == ExitCode.Done)
            Outcome = ExitCode.Failed;
    }

    /// <summary>Runs a command line as a user would.</summary>
    public Task RunAsync(CancellationToken ct, params string[] words) =>
        RunAsync(context.Terminal, ExitCode.Done, words, ct);

    /// <summary>Runs a command line, which ends as it is meant to, and shows only some lines of what it prints.</summary>
    public async Task RunAsync(Range lines, ExitCode meant, CancellationToken ct, params string[] words)
    {
        using var output = new MemoryStream();
        await RunAsync(context.Terminal with { Out = output, OutIsTerminal = false }, meant, words, ct);
        var all = Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n');
        var start = Math.Clamp(lines.Start.GetOffset(all.Length), 0, all.Length);
        var count = Math.Clamp(lines.End.GetOffset(all.Length), start, all.Length) - start;
        if (start > 0)
            Say("…\n");
        Say(string.Concat(all.Skip(start).Take(count).Select(line => $"{line}\n")));
        if (start + count < all.Length)
            Say(string.Create(CultureInfo.InvariantCulture, $"… {all.Length - start - count} more lines\n"));
        Say(meant == ExitCode.Done ? "" : $"(exit code {(int)meant}, as meant)\n");
    }

    private async Task RunAsync(Terminal terminal, ExitCode meant, string[] words, CancellationToken ct)
    {
        var shown = string.Join(' ', words).Replace(folder + "/", "", StringComparison.Ordinal);
        Say($"$ fedsite {shown}\n");
        context.Output.Flush();
        List<string> args = [.. words, "--config", FileOf("site.yaml")];
        if (context.Options.NoColor)
            args.Add("--no-color");
        args.Add(context.Options.Verbose ? "--verbose" : "--quiet");
        var outcome = await CommandLine.RunAsync(args, terminal with { Environment = Environment }, context.Time, ct);
        if (outcome == meant)
            return;
        Say($"(exit code {(int)outcome})\n");
        if (Outcome == ExitCode.Done)
            Outcome = outcome == ExitCode.Done ? ExitCode.Failed : outcome;
    }
}
