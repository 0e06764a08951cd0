using System.Text;

namespace FedSite.App.Terminals;

/// <summary>The three streams of a process, and its environment.</summary>
internal sealed record Terminal : IDisposable
{
    public required Stream Out { get; init; }
    public required TextWriter Error { get; init; }
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Standard input as bytes; a command uses either this or <see cref="In"/>.</summary>
    public Stream InBytes { get; init; } = Stream.Null;

    /// <summary>Standard output goes to a person.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Standard error goes to a person.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>A person can answer questions.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Columns.</summary>
    public int Width { get; init; } = 100;

    public Func<string, string?> Environment { get; init; } = _ => null;

    public bool WantsColors =>
        string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not (null or "" or "dumb");

    public static Terminal OfProcess()
    {
        var outIsTerminal = !Console.IsOutputRedirected;
        var errorIsTerminal = !Console.IsErrorRedirected;
        return new Terminal
        {
            // This stream drops what nobody reads any more (`| head`), so that neither a command's work nor its exit
            // code depends on its reader.
            Out = new BufferedStream(Console.OpenStandardOutput(), 16 * 1024),
            Error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true },
            In = Console.In,
            InBytes = Console.OpenStandardInput(),
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = errorIsTerminal,
            InIsTerminal = !Console.IsInputRedirected,
            Width = outIsTerminal || errorIsTerminal ? WidthOfWindow() : 100,
            Environment = System.Environment.GetEnvironmentVariable,
        };
    }

    public void Flush()
    {
        Out.Flush();
        Error.Flush();
    }

    public void Dispose()
    {
        Flush();
        Out.Dispose();
        Error.Dispose();
    }

    private static int WidthOfWindow()
    {
        var width = Console.WindowWidth;
        return width > 20 ? width : 100;
    }
}
