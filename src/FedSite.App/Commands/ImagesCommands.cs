namespace FedSite.App.Commands;

/// <summary><c>fedsite images</c>: the communities' VM images in Glance.</summary>
internal static class ImagesCommands
{
    public static AppCommand Create() =>
        new("images", "The communities' VM images in Glance: kept current, inspected, shared with their VOs.")
        {
            Subcommands =
            {
                ImagesPlanCommand.Create(),
                ImagesSyncCommand.Create(),
                ImagesListCommand.Create(),
                ImagesShowCommand.Create(),
                ImagesInspectCommand.Create(),
            },
            Examples =
            [
                new("fedsite images plan", "What would change, and why?"),
                new("fedsite images sync", "The line for cron, every hour"),
                new("fedsite images list", "What is offered, and what is not?"),
                new("fedsite images inspect disk.qcow2", "Is the file safe?"),
            ],
        };
}
