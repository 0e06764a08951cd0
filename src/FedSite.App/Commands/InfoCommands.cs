namespace FedSite.App.Commands;

/// <summary><c>fedsite info</c>: what the site offers.</summary>
internal static class InfoCommands
{
    public static AppCommand Create() =>
        new("info", "What the site offers: shown, published, compared, judged.")
        {
            Subcommands =
            {
                InfoShowCommand.Create(),
                InfoPublishCommand.Create(),
                InfoDiffCommand.Create(),
                InfoValidateCommand.Create(),
            },
            Examples =
            [
                new("fedsite info show --pretty", "What does the site offer?"),
                new("fedsite info publish", "The line for cron, every half an hour"),
                new("fedsite info diff", "What would that change?"),
                new("fedsite info validate site.json", "Does everybody find what they need in it?"),
            ],
        };
}
