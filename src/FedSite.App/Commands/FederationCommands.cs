namespace FedSite.App.Commands;

/// <summary><c>fedsite federation</c>: who may log in, and as whom.</summary>
internal static class FederationCommands
{
    public static AppCommand Create() =>
        new("federation", "Explains and checks the mapping of federated users.")
        {
            Subcommands = { FederationExplainCommand.Create(), FederationLintCommand.Create() },
            Examples =
            [
                new(
                    "fedsite federation explain --claims me.json --mapping mapping.json",
                    "Who would this person be here, and why?"
                ),
                new("fedsite federation lint mapping.json", "Does the mapping admit the right people?"),
            ],
        };
}
