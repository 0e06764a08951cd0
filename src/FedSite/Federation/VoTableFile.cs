using System.Text;
using FedSite.Configuration;
using FedSite.Configuration.Yaml;

namespace FedSite.Federation;

/// <summary>
/// The table of VOs and their entitlements as EGI's central operations keep it: <c>vos: {NAME: ENTITLEMENT}</c>; a list
/// of entitlements is taken too, and nothing for a VO whose entitlement is not known.
/// </summary>
/// <param name="Vos">By name, in the order of the file.</param>
/// <param name="Warnings">Faults in the data; what is not understood is left out.</param>
public sealed record VoTableFile(IReadOnlyDictionary<string, IReadOnlyList<string>> Vos, IReadOnlyList<string> Warnings)
{
    /// <exception cref="ConfigurationException">It is no such table: with file and line.</exception>
    public static VoTableFile Parse(string text, string path)
    {
        var problems = new ProblemList(path);
        var root = YamlReader.Read(text, problems);
        if (root is not null && root["vos"] is not YamlMapping)
            problems.Error(root.Place, "vos", "expected `vos:` with a line `NAME: ENTITLEMENT` for each VO");
        if (root is null || problems.HasErrors)
            throw new ConfigurationException(problems.InFileOrder());
        var vos = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var entry in ((YamlMapping)root["vos"]!).Entries)
            Read(entry, vos, problems);
        AddShared(vos, problems, root.Place);
        return new VoTableFile(vos, [.. problems.InFileOrder().Select(problem => problem.ToString())]);
    }

    /// <exception cref="FedSiteException">The file can't be read.</exception>
    public static VoTableFile Load(string path)
    {
        try
        {
            return Parse(BoundedFile.ReadText(path, YamlReader.MaxBytes), path);
        }
        catch (ConfigurationException e)
        {
            throw new FedSiteException(
                e.Message,
                "Name the file vo-mappings.yaml of EGI's central operations.",
                ExitCode.Usage,
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new FedSiteException(
                $"The table {path} can't be read: {BoundedFile.Reason(e)}.",
                "Name the file vo-mappings.yaml of EGI's central operations.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static void Read(YamlEntry entry, Dictionary<string, IReadOnlyList<string>> vos, ProblemList problems)
    {
        IReadOnlyList<YamlNode> nodes = entry.Value is YamlSequence list ? list.Items : [entry.Value];
        var entitlements = new List<string>();
        foreach (var node in nodes)
        {
            if (node is not YamlScalar scalar)
                problems.Warning(node.Place, entry.Key, $"expected an entitlement, found {node.Kind}; it is left out");
            else if (!scalar.IsNull)
                entitlements.Add(scalar.Text);
        }

        foreach (var text in entitlements)
        {
            if (Entitlement.Fault(text) is { } fault)
                problems.Warning(
                    entry.Place,
                    entry.Key,
                    $"`{text}`: {fault}; the VO is not mapped by it{Suggestion(text)}"
                );
        }

        if (entitlements.Count == 0)
            problems.Warning(entry.Place, entry.Key, "no entitlement is given; the VO is not mapped");
        vos[entry.Key] = entitlements;
    }

    private static string Suggestion(string entitlement)
    {
        var without = string.Concat(entitlement.Where(letter => !char.IsWhiteSpace(letter)));
        return without != entitlement && Entitlement.Fault(without) is null
            ? $". Is `{without}` meant? Then write it under `entitlements` of the VO in site.yaml"
            : "";
    }

    private static void AddShared(Dictionary<string, IReadOnlyList<string>> vos, ProblemList problems, Place place)
    {
        var shared = vos.SelectMany(vo => vo.Value.Select(text => (Text: text, Vo: vo.Key)))
            .GroupBy(pair => pair.Text, StringComparer.Ordinal)
            .Where(same => same.Count() > 1);
        foreach (var same in shared)
        {
            var names = string.Join(" and ", same.Select(pair => pair.Vo));
            problems.Warning(place, "vos", $"{names} share the entitlement {same.Key}: whoever is in one is in both");
        }
    }
}
