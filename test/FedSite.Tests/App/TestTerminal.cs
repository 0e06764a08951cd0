using System.Text;
using FedSite.App;
using FedSite.App.Terminals;

namespace FedSite.Tests.App;

/// <summary>Runs command lines in this process and keeps what they print.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly MemoryStream _out = new();
    private readonly StringWriter _error = new();

    public byte[] In { get; init; } = [];
    public bool OutIsTerminal { get; init; }
    public bool ErrorIsTerminal { get; init; }

    /// <summary>What a person types; null when nobody is there.</summary>
    public string? Input { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Dictionary<string, string> Environment { get; } = [];
    public string Out => Encoding.UTF8.GetString(_out.ToArray());
    public string Error => _error.ToString();

    public Terminal Terminal =>
        new()
        {
            Out = _out,
            Error = _error,
            InBytes = new MemoryStream(In),
            In = new StringReader(Input ?? ""),
            InIsTerminal = Input is not null,
            OutIsTerminal = OutIsTerminal,
            ErrorIsTerminal = ErrorIsTerminal,
            Environment = Environment.GetValueOrDefault,
        };

    /// <summary>Words separated by blanks.</summary>
    public Task<ExitCode> RunAsync(string commandLine) => RunAsync(CommandLine.CreateRoot(), commandLine);

    public Task<ExitCode> RunAsync(AppCommand root, string commandLine) =>
        RunUntilAsync(root, commandLine, TestContext.Current.CancellationToken);

    public Task<ExitCode> RunUntilAsync(AppCommand root, string commandLine, CancellationToken cancellationToken) =>
        CommandLine.RunAsync(
            root,
            commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Terminal,
            Time,
            cancellationToken
        );

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }
}
