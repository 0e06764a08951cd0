using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary>Tells what could not be read of a cloud.</summary>
internal static class UnreadParts
{
    public static void Tell(ErrorConsole console, IReadOnlyList<string> unread)
    {
        foreach (var words in unread)
            console.Line($"warning: not read: {words}", Tone.Warning);
    }
}
