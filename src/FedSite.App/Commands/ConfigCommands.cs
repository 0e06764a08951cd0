namespace FedSite.App.Commands;

/// <summary><c>fedsite config …</c>.</summary>
internal static class ConfigCommands
{
    public static AppCommand Create() =>
        new("config", "Checks and shows the configuration of the site.")
        {
            Subcommands = { ConfigValidateCommand.Create(), ConfigSchemaCommand.Create(), ConfigShowCommand.Create() },
            Examples =
            [
                new("fedsite config validate", "Is my site.yaml right?"),
                new("fedsite config show", "What is in force, and where does it come from?"),
            ],
        };
}
