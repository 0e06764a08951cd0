namespace FedSite.App.Commands;

/// <summary><c>fedsite images</c>: VM images of the communities.</summary>
internal static class ImagesCommands
{
    public static AppCommand Create() =>
        new("images", "VM images of the communities.")
        {
            Subcommands = { ImagesInspectCommand.Create() },
            Examples = [new("fedsite images inspect debian-12.qcow2", "What is it, and is it safe to open?")],
        };
}
