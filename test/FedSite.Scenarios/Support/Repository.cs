namespace FedSite.Scenarios.Support;

internal static class Repository
{
    /// <summary>The folder of the solution, above the one that the tests run from.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FedSite.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"No FedSite.slnx above {AppContext.BaseDirectory}.");
    }
}
