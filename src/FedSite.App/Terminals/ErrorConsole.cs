namespace FedSite.App.Terminals;

/// <summary>
/// Standard error: messages in lines and, on a terminal, one status line below them that is rewritten in place.
/// </summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class ErrorConsole(Terminal terminal, bool colors) : IDisposable
{
    private const string EraseLine = "\r\e[K";
    private readonly Lock _lock = new();
    private string _status = "";

    /// <summary>The status line can be seen: a person looks on.</summary>
    public bool ShowsStatus { get; } =
        terminal.ErrorIsTerminal && terminal.Environment("TERM") is not (null or "" or "dumb");

    public void Line(string text, Tone tone = Tone.Plain)
    {
        lock (_lock)
        {
            var status = _status;
            Show("");
            terminal.Error.Write(Colored(PlainText.Of(text), tone).TrimEnd('\n') + "\n");
            Show(status);
        }
    }

    /// <summary>Why the command fails, and what to do about it.</summary>
    public void Error(string message, string? nextStep)
    {
        lock (_lock)
        {
            Show("");
            terminal.Error.Write($"{Colored("error:", Tone.Bad)} {PlainText.Of(message)}\n");
            if (nextStep is not null)
                terminal.Error.Write($"{Colored("what to do:", Tone.Faint)} {PlainText.Of(nextStep)}\n");
        }
    }

    /// <summary>Rewrites the status line; empty removes it.</summary>
    public void Status(string text)
    {
        if (!ShowsStatus)
            return;
        text = PlainText.Line(text);
        lock (_lock)
        {
            Show(text.Length >= terminal.Width ? text[..(terminal.Width - 1)] : text);
        }
    }

    public void Dispose() => Status("");

    private void Show(string status)
    {
        if (status == _status)
            return;
        terminal.Error.Write(EraseLine + status);
        terminal.Error.Flush();
        _status = status;
    }

    private string Colored(string text, Tone tone)
    {
        if (!colors || !terminal.ErrorIsTerminal || tone == Tone.Plain)
            return text;
        var code = tone switch
        {
            Tone.Good => "32",
            Tone.Warning => "33",
            Tone.Bad => "31",
            _ => "90",
        };
        return $"\e[{code}m{text}\e[0m";
    }
}
