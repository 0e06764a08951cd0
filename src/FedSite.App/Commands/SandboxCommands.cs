namespace FedSite.App.Commands;

/// <summary><c>fedsite sandbox</c>.</summary>
internal static class SandboxCommands
{
    public static AppCommand Create() =>
        new("sandbox", "A pretended cloud and federation to try things on.")
        {
            Subcommands = { SandboxRunCommand.Create() },
            Examples = [new("fedsite sandbox run", "A small cloud to try things on")],
        };
}
