using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// What is in a Keystone that was empty, by the ordinary <c>openstack</c> client, in the words of a plan that makes it.
/// </summary>
internal static class SeenKeystone
{
    public static async Task<IReadOnlyList<string>> LinesAsync(FederatedSite site, string idp)
    {
        var lists = await site.AskAsync(
            "domain list",
            "project list",
            "identity provider list",
            "mapping list",
            $"federation protocol list --identity-provider {idp}",
            "role assignment list --names",
            $"identity provider show {idp}"
        );
        var lines = new List<string>();
        var domains = Column(lists[0], "Name").ToList();
        var projects = Column(lists[1], "Name").Where(name => name != "admin").ToList();
        var mappings = Column(lists[3], "ID").ToList();
        lines.AddRange(domains.Where(name => name != "Default").Select(name => $"create domain {name}"));
        lines.AddRange(projects.Select(name => $"create project {name}@Default"));
        lines.AddRange(Column(lists[2], "ID").Select(id => $"create identity provider {id}"));
        lines.AddRange(mappings.Select(id => $"create mapping {id}"));
        foreach (var protocol in lists[4].AsArray())
        {
            lines.Add($"create protocol {idp}/{protocol!["id"]}");
            lines.Add($"create protocol {idp}/{protocol["id"]}: mapping = {protocol["mapping"]}");
        }
        lines.AddRange(lists[5].AsArray().Where(grant => $"{grant!["Group"]}" != "").Select(Grant));
        var provider = lists[6];
        lines.Add($"create identity provider {idp}: remote ids = {string.Join(", ", Texts(provider["remote_ids"]))}");
        lines.Add($"create identity provider {idp}: authorization ttl, minutes = {provider["authorization_ttl"]}");
        lines.Add($"create identity provider {idp}: enabled = {provider["enabled"]}");

        var details = await site.AskAsync([
            .. domains.Select(name => $"group list --domain {name}"),
            .. projects.Select(name => $"project show {name}"),
            .. mappings.Select(id => $"mapping show {id}"),
        ]);
        var groups = details.Take(domains.Count).Zip(domains);
        lines.AddRange(
            groups.SelectMany(g => Column(g.First, "Name").Select(name => $"create group {name}@{g.Second}"))
        );
        lines.AddRange(
            details
                .Skip(domains.Count)
                .Take(projects.Count)
                .Select(p => $"create project {p["name"]}@Default: property egi.VO = {p["egi.VO"]}")
        );
        lines.AddRange(
            details
                .Skip(domains.Count + projects.Count)
                .Select(m => $"create mapping {m["id"]}: rules = {m["rules"]!.AsArray().Count} rules")
        );
        return lines;
    }

    private static string Grant(JsonNode? grant)
    {
        var where = $"{grant!["Project"]}" == "" ? $"domain {grant["Domain"]}" : $"project {grant["Project"]}";
        return $"create role {grant["Role"]} of group {grant["Group"]} in {where}";
    }

    private static IEnumerable<string> Column(JsonNode list, string name) =>
        list.AsArray().Select(row => $"{row![name]}");

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(text => $"{text}");
}
