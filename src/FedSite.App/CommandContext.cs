using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using Microsoft.Extensions.Logging;

namespace FedSite.App;

/// <summary>What a command has at hand. What it does not ask for is never loaded or opened.</summary>
internal sealed class CommandContext : IDisposable
{
    private readonly Lazy<ILoggerFactory> _loggers;

    public CommandContext(GlobalOptions options, Terminal terminal, TimeProvider time)
    {
        Options = options;
        Terminal = terminal;
        Time = time;
        var colors = !options.NoColor && terminal.WantsColors;
        Console = new ErrorConsole(terminal, colors);
        Output = new Output(terminal, options.Format, colors);
        _loggers = new(() => ConsoleLogging.CreateFactory(Console, options, time));
    }

    public GlobalOptions Options { get; }
    public Terminal Terminal { get; }
    public TimeProvider Time { get; }

    /// <summary>Results: standard output.</summary>
    public Output Output { get; }

    /// <summary>Everything else: standard error.</summary>
    public ErrorConsole Console { get; }

    public ILoggerFactory Loggers => _loggers.Value;

    /// <summary>Shows how long work goes on. The caller disposes of it when the work has ended.</summary>
    /// <param name="what">What is being done, for instance <c>Reading servers</c>.</param>
    /// <param name="total">How many there are, if that is known.</param>
    public Progress Progress(string what, long? total = null) =>
        new(Console, Options.Quiet ? null : Loggers.CreateLogger("FedSite.Progress"), Time, what, total);

    /// <summary>Reports why the command fails; with <c>--output json</c> the document on standard output says it too.</summary>
    public ExitCode Fail(string message, string? nextStep, ExitCode exitCode)
    {
        Console.Error(message, nextStep);
        if (Options.Format == OutputFormat.Json && !Output.IsUsed)
        {
            Output.Json(
                new FailureDocument(new Failure(message, nextStep, (int)exitCode)),
                FailureJson.Default.FailureDocument
            );
        }

        return exitCode;
    }

    public void Dispose()
    {
        if (_loggers.IsValueCreated)
            _loggers.Value.Dispose();
        Console.Dispose();
    }
}

/// <summary>The JSON document of a command that failed before it had a result.</summary>
internal sealed record FailureDocument(Failure Error);

internal sealed record Failure(string Message, string? NextStep, int ExitCode);

[JsonSerializable(typeof(FailureDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class FailureJson : JsonSerializerContext;
