using System.Text.Json;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Accounting;

/// <summary>Finds the VO of a project by its properties.</summary>
internal static class VoOfProject
{
    /// <summary>
    /// The first property of the list that is present says it. Of several VOs (a JSON list, or names separated by
    /// commas) the one that the configuration names wins, else the first.
    /// </summary>
    /// <returns>The VO, the property that named it, and whether a choice had to be made.</returns>
    public static (string Vo, string Property, bool Ambiguous)? Find(
        Project project,
        IReadOnlyList<string> properties,
        IReadOnlyList<VoConfig> vos
    )
    {
        if (FindAll(project, properties) is not { } found)
            return null;
        var vo = found.Vos.FirstOrDefault(name => vos.Any(v => v.Name == name)) ?? found.Vos[0];
        return (vo, found.Property, found.Vos.Count > 1);
    }

    /// <returns>All VOs that the first property names that is present, and that property.</returns>
    public static (IReadOnlyList<string> Vos, string Property)? FindAll(
        Project project,
        IReadOnlyList<string> properties
    )
    {
        foreach (var property in properties)
        {
            if (Value(project, property) is { } value && Names(value) is { Count: > 0 } names)
                return (names, property);
        }

        return null;
    }

    /// <summary>
    /// Keystone stores <c>:</c> and <c>-</c> as <c>_</c> in properties that came with the creation of a project, though
    /// not in those set later.
    /// </summary>
    private static JsonElement? Value(Project project, string property) =>
        project.Properties.TryGetValue(property, out var value)
        || project.Properties.TryGetValue(property.Replace(':', '_').Replace('-', '_'), out value)
            ? value
            : null;

    private static List<string> Names(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().SelectMany(Names)]
            :
            [
                .. (value.TextOrNull() ?? "").Split(
                    ',',
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                ),
            ];
}
