using FedSite.Configuration;
using FedSite.Configuration.Yaml;

namespace FedSite.Federation.Catchall;

/// <summary>A site's file for the central operations, as somebody wrote it.</summary>
/// <param name="Warnings">What the schema allows and FedSite does not know, or what is odd: with file and line.</param>
public sealed record CatchallFile(CatchallSite Site, IReadOnlyList<string> Warnings)
{
    private const string NextStep = $"Correct it there: {ProductInfo.Docs}catchall.md has every key.";

    /// <exception cref="FedSiteException">It can't be read, or is no such file: all faults, with line.</exception>
    public static CatchallFile Load(string path)
    {
        try
        {
            return Parse(BoundedFile.ReadText(path, YamlReader.MaxBytes), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FedSiteException(
                $"The catch-all file {path} can't be read: {BoundedFile.Reason(e)}.",
                "Name the site's file of the central operations, from the folder `sites` of their repository.",
                ExitCode.Usage,
                e
            );
        }
    }

    /// <exception cref="FedSiteException">It is no such file: all faults, with line.</exception>
    public static CatchallFile Parse(string text, string path)
    {
        var problems = new ProblemList(path);
        var root = YamlReader.Read(text, problems);
        var site = root is null ? null : new CatchallReader(problems).Read(root);
        var found = problems.InFileOrder();
        if (site is null || problems.HasErrors)
        {
            var errors = found.Where(problem => problem.Severity == ProblemSeverity.Error);
            throw new FedSiteException(string.Join('\n', errors), NextStep, ExitCode.Usage);
        }

        return new CatchallFile(site, [.. found.Select(problem => problem.ToString())]);
    }
}
