namespace FedSite.App.Commands;

/// <summary><c>fedsite flavors</c>: what kinds of servers the cloud has, accelerators above all.</summary>
internal static class FlavorsCommands
{
    public static AppCommand Create() =>
        new("flavors", "The cloud's flavors: accelerators, their metadata, and who may use them.")
        {
            Subcommands = { FlavorsListCommand.Create(), FlavorsLintCommand.Create() },
            Examples =
            [
                new("fedsite flavors list --os-cloud admin", "Which flavors are there, and for whom?"),
                new("fedsite flavors lint --os-cloud admin", "Are those with accelerators found, and accounted?"),
            ],
        };
}
