using System.Runtime.CompilerServices;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace FedSite.TestKit;

/// <summary>
/// Recorded texts that stand for an agreed surface. <c>FEDSITE_UPDATE_GOLDEN=1</c> records them anew; the change is then
/// reviewed like any other.
/// </summary>
public static class Golden
{
    /// <summary>Compares with the file, named relative to the folder of the calling test project.</summary>
    /// <exception cref="InvalidDataException">They differ; the message shows where.</exception>
    public static void Check(string actual, string file, [CallerFilePath] string caller = "")
    {
        var path = PathOf(file, caller);
        if (Environment.GetEnvironmentVariable("FEDSITE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            throw new InvalidDataException(
                $"{file} differs from what was recorded (- recorded, + now). "
                    + "Is that meant? Then run the test with FEDSITE_UPDATE_GOLDEN=1.\n"
                    + Difference(expected, actual)
            );
        }
    }

    /// <summary>Where the file is.</summary>
    public static string PathOf(string file, [CallerFilePath] string caller = "") =>
        Path.GetFullPath(Path.Combine(ProjectOf(caller), file));

    private static string Difference(string expected, string actual)
    {
        var lines = InlineDiffBuilder.Diff(expected, actual, ignoreWhiteSpace: false).Lines;
        return string.Join(
            '\n',
            lines
                .Where(line => line.Type != ChangeType.Unchanged)
                .Take(60)
                .Select(line => (line.Type == ChangeType.Inserted ? "+ " : "- ") + line.Text)
        );
    }

    private static string ProjectOf(string file)
    {
        var folder = Path.GetDirectoryName(file);
        while (folder is not null && !Directory.EnumerateFiles(folder, "*.csproj").Any())
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"{file} belongs to no project.");
    }
}
