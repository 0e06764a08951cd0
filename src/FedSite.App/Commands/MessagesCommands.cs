namespace FedSite.App.Commands;

/// <summary><c>fedsite messages</c>: what waits to be sent, and what came.</summary>
internal static class MessagesCommands
{
    public static AppCommand Create() =>
        new("messages", "Shows, sends and checks messages.")
        {
            Subcommands = { MessagesVerifyCommand.Create() },
            Examples = [new("fedsite messages verify message.eml", "Who signed this message, and is it intact?")],
        };
}
