using FedSite.Federation.Mappings;

namespace FedSite.Federation.Plans;

/// <summary>The difference of two mappings, as what changes for people.</summary>
internal static class MappingWords
{
    /// <param name="old">Null: there is none.</param>
    /// <param name="new">Null: it can't be read.</param>
    /// <param name="groups">How they are called.</param>
    /// <returns>Lines that begin with <c>+</c>, <c>-</c> or <c>~</c>.</returns>
    public static IReadOnlyList<string> Difference(MappingDocument? old, MappingDocument @new, GroupBook groups)
    {
        var before = MappingPeople.Of(old, groups);
        var after = MappingPeople.Of(@new, groups);
        var lines = new List<string>();
        foreach (var people in after)
        {
            if (before.FirstOrDefault(other => Same(other, people)) is not { } known)
                lines.Add($"+ {Who(people)} {Become(people, groups)}");
            else if (!known.Claims.SetEquals(people.Claims))
                lines.Add(
                    $"~ {Who(people)}, who {Become(people, groups)}: claim {Texts(known.Claims)} → {Texts(people.Claims)}"
                );
        }

        lines.AddRange(
            before
                .Where(people => !after.Any(other => Same(other, people)))
                .Select(people => $"- {Who(people)} no longer {Become(people, groups)}")
        );
        if (old is not null)
            lines.AddRange(Issuers(before, after));
        return lines.Count > 0 ? lines : ["~ only its form changes: the same people become members of the same groups"];
    }

    private static bool Same(People one, People other) =>
        one.Entitlement == other.Entitlement && one.Group == other.Group;

    private static string Become(People people, GroupBook groups) =>
        people.Group!.StartsWith(MappingPeople.Projects, StringComparison.Ordinal)
            ? $"get {people.Group}"
            : $"become members of group {groups.NameOf(people.Group)}";

    private static string Who(People people) =>
        people.Text is null ? $"all with {people.Entitlement}" : $"bearers of {people.Entitlement}";

    private static IEnumerable<string> Issuers(IReadOnlyList<People> before, IReadOnlyList<People> after)
    {
        var old = before.SelectMany(people => people.Issuers).ToHashSet(StringComparer.Ordinal);
        var @new = after.SelectMany(people => people.Issuers).ToHashSet(StringComparer.Ordinal);
        if (before.Any(people => people.Issuers.Count == 0))
            yield return "- tokens of whatever issuer are no longer taken";
        foreach (var issuer in @new.Except(old, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            yield return $"+ tokens of {issuer} are taken";
        foreach (var issuer in old.Except(@new, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            yield return $"- tokens of {issuer} are no longer taken";
    }

    private static string Texts(IEnumerable<string> claims) => string.Join(", ", claims.Order(StringComparer.Ordinal));
}
