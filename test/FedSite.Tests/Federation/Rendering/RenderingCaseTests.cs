using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Federation.Rendering;
using FedSite.TestKit;

namespace FedSite.Tests.Federation.Rendering;

/// <summary>Each folder of Cases holds a site.yaml, whose first line names targets, and what is rendered for each.</summary>
public class RenderingCaseTests
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var folder in Directory.EnumerateDirectories(Folder()).Order(StringComparer.Ordinal))
        {
            var targets = File.ReadLines(Path.Combine(folder, "site.yaml")).First().TrimStart('#').Trim();
            foreach (var target in targets.Split(' '))
                cases.Add(Path.GetFileName(folder), target);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_is_rendered_as_recorded(string name, string target)
    {
        using var folder = new RenderingFolder(File.ReadAllText(Path.Combine(Folder(), name, "site.yaml")));

        Golden.Check(folder.Report(target), $"Federation/Rendering/Cases/{name}/{target}.txt");
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Cases");
}
