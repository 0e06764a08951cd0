using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Federation.Plans;

/// <summary>
/// Finds who could log in by the old mapping and could not by the new one: for each issuer and entitlement that the old
/// one names, somebody is made up and sent through both.
/// </summary>
internal static class LockOuts
{
    /// <param name="mapping">Id of the old mapping.</param>
    /// <param name="old">The mapping that people log in by.</param>
    /// <param name="new">The one that takes its place.</param>
    /// <param name="issuers">Whose tokens reach a rule that asks for no issuer; null among them: whosever.</param>
    /// <param name="deployment">Decides which claims arrive.</param>
    /// <param name="book">For the groups.</param>
    public static IReadOnlyList<LockOut> Find(
        string mapping,
        MappingDocument old,
        MappingDocument @new,
        IReadOnlyList<string?> issuers,
        Deployment deployment,
        GroupBook book
    )
    {
        var lost = new List<LockOut>();
        var login = new MadeUpLogin(deployment, old);
        var before = new Judge(new MappingEngine(old), book, MappingPeople.GroupIds(old).Where(id => !book.Has(id)));
        var after = new Judge(new MappingEngine(@new), book, []);
        // What is said of a rule with a group need not be said again of one that only tells who somebody is.
        foreach (var rule in old.Rules.OrderBy(rule => MappingPeople.GroupsOf(rule, book).Any() ? 0 : 1))
        {
            var groups = MappingPeople.GroupsOf(rule, book).ToList();
            foreach (var (entitlement, issuer) in Samples(rule, issuers))
            {
                if (Loss(rule, entitlement, issuer, before, after, login) is not { } reason)
                    continue;
                var shown = entitlement is { } asked ? MappingPeople.Shown(asked.Text, asked.Regex) : null;
                if (groups.Count > 0 || !lost.Exists(one => one.Entitlement == shown && one.Reason == reason))
                    lost.Add(new LockOut(mapping, shown, book.VoOf(entitlement?.Text, groups), reason, groups));
            }
        }

        return
        [
            .. lost.GroupBy(one => (one.Entitlement, one.Reason, Groups: string.Join(',', one.Groups)))
                .Select(same => same.First()),
        ];
    }

    private static IEnumerable<((string Key, string Text, bool Regex)?, string? Issuer)> Samples(
        MappingRule rule,
        IReadOnlyList<string?> issuers
    )
    {
        var asked = MappingPeople.EntitlementOf(rule);
        var entitlements = asked is null
            ? [null]
            : asked.Texts.Select(text => ((string, string, bool)?)(asked.Type, text, asked.Regex)).ToList();
        if (MappingPeople.IssuerOf(rule) is { } from)
            issuers = [.. from.Texts.Select(text => MadeUpLogin.Sample(text, from.Regex))];
        return entitlements.SelectMany(entitlement => issuers.Select(issuer => (entitlement, issuer)));
    }

    /// <returns>What somebody loses; null: nothing.</returns>
    private static string? Loss(
        MappingRule rule,
        (string Key, string Text, bool Regex)? entitlement,
        string? issuer,
        Judge before,
        Judge after,
        MadeUpLogin login
    )
    {
        if (rule.Remote.FirstOrDefault(requirement => login.Arrives(requirement.Type) == false) is { } deaf)
        {
            return $"the rule asks for {deaf.Type}, which does not arrive with `deployment: {login.Deployment.Word()}`: "
                + "if people log in by it today, `deployment` is wrong";
        }

        var value = entitlement is { } asked ? MadeUpLogin.Sample(asked.Text, asked.Regex) : null;
        // Keystone splits values there, so no token brings it.
        if (value?.Contains(';', StringComparison.Ordinal) == true && entitlement is { Regex: false })
            return null;
        var assertion = login.By(rule, entitlement?.Key, value, issuer);
        if (before.Evaluate(assertion) is not { } had)
            return "whom the rule admits can't be told from its conditions, so the new mapping may refuse them";
        if (had.IsRefused)
            return null;
        var from = issuer is null ? "" : $" of {issuer}";
        if (after.Evaluate(assertion) is not { } has)
            return $"people with tokens{from} are refused";
        if (had.Groups.Except(has.Groups, StringComparer.Ordinal).Any())
            return "they lose the group";
        return had.User == has.User
            ? null
            : "the old mapping calls them otherwise: they come back as new users, without what was theirs";
    }

    /// <param name="engine">Of the mapping.</param>
    /// <param name="book">For groups that it calls by name.</param>
    /// <param name="gone">Ids of groups that are not there: Keystone refuses whoever should join one.</param>
    private sealed class Judge(MappingEngine engine, GroupBook book, IEnumerable<string> gone)
    {
        private readonly HashSet<string> _gone = gone.ToHashSet(StringComparer.Ordinal);

        /// <returns>Null: refused by the rules, or not to be told.</returns>
        public (HashSet<string> Groups, string User, bool IsRefused)? Evaluate(Assertion login)
        {
            try
            {
                if (engine.Evaluate(login).Mapped is not { } mapped)
                    return null;
                var groups = mapped.GroupIds.Select(id => id?.ToString() ?? "").ToHashSet(StringComparer.Ordinal);
                var isRefused = groups.Overlaps(_gone);
                groups.UnionWith(mapped.GroupNames.OfType<JsonObject>().Select(book.IdOf));
                // Keystone makes the user's id of these. https://docs.openstack.org/keystone/latest/admin/federation/mapping_combinations.html
                var user = $"{mapped.User["type"]} {mapped.User["id"] ?? mapped.User["name"]}";
                return (groups, user, isRefused);
            }
            catch (UndecidedException)
            {
                return null;
            }
        }
    }
}
