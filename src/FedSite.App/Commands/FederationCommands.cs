namespace FedSite.App.Commands;

/// <summary><c>fedsite federation</c>: logins of the federation.</summary>
internal static class FederationCommands
{
    public static AppCommand Create() =>
        new("federation", "Logins of the federation: what the servers need, who gets in, and why.")
        {
            Subcommands =
            {
                FederationRenderCommand.Create(),
                FederationExplainCommand.Create(),
                FederationLintCommand.Create(),
                FederationRestoreCommand.Create(),
                FederationUsersCommand.Create(),
            },
            Examples =
            [
                new("fedsite federation render apache -o /etc/apache2/fedsite", "What Apache needs"),
                new(
                    "fedsite federation explain --claims claims.json --mapping mapping.json",
                    "Who would this person be?"
                ),
                new("fedsite federation lint mapping.json", "What is wrong with this mapping?"),
                new(
                    "fedsite federation restore --os-cloud admin --yes",
                    "The mapping before the last apply, back in place"
                ),
            ],
        };
}
