namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting</c>: usage records out of OpenStack.</summary>
internal static class AccountingCommands
{
    public static AppCommand Create() =>
        new("accounting", "Reads usage from OpenStack and delivers it as usage records.")
        {
            Subcommands =
            {
                AccountingExtractCommand.Create(),
                AccountingPublishCommand.Create(),
                AccountingShowCommand.Create(),
                AccountingCompareCommand.Create(),
                AccountingSummaryCommand.Create(),
                AccountingProjectsCommand.Create(),
            },
            Examples =
            [
                new("fedsite accounting projects", "Which projects are accounted, and why?"),
                new("fedsite accounting extract --dry-run", "What would be accounted now?"),
                new("fedsite accounting publish", "Account and deliver: the line for cron"),
            ],
        };
}
