using System.CommandLine;

namespace FedSite.App;

/// <summary>What a command does once its options are known to be right.</summary>
internal delegate Task<ExitCode> CommandAction(
    CommandContext context,
    ParseResult arguments,
    CancellationToken cancellationToken
);

/// <summary>A line for <c>--help</c>: a command as one would type it, and what it is good for.</summary>
internal sealed record Example(string CommandLine, string Purpose);

/// <summary>A command of the program; one without <see cref="Run"/> only groups others.</summary>
internal sealed class AppCommand(string name, string description) : Command(name, description)
{
    public CommandAction? Run { get; init; }

    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>What <c>--output</c> may ask of it.</summary>
    public IReadOnlyList<OutputFormat> Formats { get; init; } = [OutputFormat.Table, OutputFormat.Json];
}
