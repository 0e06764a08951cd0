using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.TestKit;

namespace FedSite.Tests.Configuration;

/// <summary>Each folder of Cases holds a site.yaml and what is said about it, or what is in force.</summary>
public class SiteFileCaseTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["OS_PASSWORD"] = "swordfish",
        ["KEYSTONE_HOST"] = "keystone.example.org",
        ["PORT"] = "443",
        ["EMPTY"] = "",
        ["XDG_STATE_HOME"] = "/srv/site/state",
    };

    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateDirectories(Folder()).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_is_reported_as_recorded(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var environment = new HostEnvironment(Variables.GetValueOrDefault, folder);

        Golden.Check(
            Report(Path.Combine(folder, "site.yaml"), environment).Replace(folder + "/", "", StringComparison.Ordinal),
            $"Configuration/Cases/{name}/expected.txt"
        );
    }

    private static string Report(string file, HostEnvironment environment)
    {
        try
        {
            var site = SiteFile.Load(file, environment);
            var lines = site.Warnings.Select(w => $"warning: {w}").ToList();
            foreach (var setting in EffectiveSettings.Of(site).Where(s => s.Source != "default"))
                lines.Add($"{setting.Key} = {setting.Value} ({setting.Source})");
            return string.Join('\n', lines) + "\n";
        }
        catch (ConfigurationException e)
        {
            return string.Join('\n', e.Problems.Select(p => p.ToString()).DefaultIfEmpty(e.Message)) + "\n";
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Cases");
}
