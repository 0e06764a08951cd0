namespace FedSite.App.Commands;

/// <summary><c>fedsite messages</c>: what waits to be sent, and what came.</summary>
internal static class MessagesCommands
{
    public static AppCommand Create() =>
        new("messages", "Shows, sends and checks messages.")
        {
            Subcommands =
            {
                MessagesListCommand.Create(),
                MessagesShowCommand.Create(),
                MessagesSendCommand.Create(),
                MessagesRetryCommand.Create(),
                MessagesDropCommand.Create(),
                MessagesVerifyCommand.Create(),
            },
            Examples =
            [
                new("fedsite messages list", "What waits, and what is in trouble?"),
                new("fedsite messages send", "Send what waits"),
                new("fedsite messages verify message.eml", "Who signed this message, and is it intact?"),
            ],
        };
}
