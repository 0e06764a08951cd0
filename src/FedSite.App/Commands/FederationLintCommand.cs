namespace FedSite.App.Commands;

internal static class FederationLintCommand
{
    public static AppCommand Create() => new("lint", "x");
}
