namespace FedSite.App.Commands;

/// <summary><c>fedsite federation …</c>.</summary>
internal static class FederationCommands
{
    public static AppCommand Create() =>
        new("federation", "Logins of the federation: what Keystone and the programs around it need.")
        {
            Subcommands = { FederationRenderCommand.Create(), FederationRestoreCommand.Create() },
            Examples = [new("fedsite federation render apache -o /etc/apache2/fedsite", "What Apache needs")],
        };
}
