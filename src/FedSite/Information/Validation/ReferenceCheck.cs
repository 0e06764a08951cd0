using System.Text.Json;

namespace FedSite.Information.Validation;

/// <summary>Ids: each stands for one thing, each reference leads to one, each share is a VO's.</summary>
internal sealed class ReferenceCheck(DocumentFindings findings, JsonElement document)
{
    private readonly Dictionary<string, HashSet<string>> _ids = Contract.Classes.ToDictionary(
        rule => rule.Name,
        rule => document.ObjectsOf(rule.Name).Select(item => item.Text("ID")).OfType<string>().ToHashSet()
    );

    public void Check()
    {
        foreach (var rule in Contract.Classes)
        {
            var objects = Numbered(rule.Name);
            CheckRepeated(objects, rule);
            foreach (var (item, where) in objects)
                CheckReferences(item, rule, where);
        }

        CheckVos();
    }

    private void CheckRepeated(IReadOnlyList<(JsonElement Item, string Where)> objects, ClassRule rule)
    {
        var first = new Dictionary<string, JsonElement>();
        var pairs = new HashSet<(string Id, string Share)>();
        foreach (var (item, where) in objects)
        {
            if (item.Text("ID") is not { } id)
                continue;
            if (rule.Associations.Any(association => association.Name == Contract.Share) && rule.IsRepeatable)
                CheckShares(item, id, where, pairs);
            else if (first.TryAdd(id, item))
                continue;
            else if (!rule.IsRepeatable)
                Error("twice", where, id, "Another object of the class has the same ID.");
            else if (!JsonElement.DeepEquals(first[id], item))
                Warn("unlike", where, id, "Another object of the class has the same ID, and says something else.");
        }
    }

    private void CheckShares(JsonElement item, string id, string where, HashSet<(string Id, string Share)> pairs)
    {
        foreach (var share in item.References(Contract.Share).Where(share => !pairs.Add((id, share))))
            Error(
                "twice",
                where,
                id,
                $"It stands twice for share {DocumentFindings.Cut(share)}: the query API shows it twice."
            );
    }

    private void CheckReferences(JsonElement item, ClassRule rule, string where)
    {
        foreach (var association in rule.Associations.Where(association => !association.LeadsOut))
        {
            var index = 0;
            foreach (var id in item.References(association.Name))
            {
                if (!_ids[association.Name].Contains(id) && id.Length > 0)
                    Error(
                        "lost",
                        $"{where}.{Contract.Associations}.{association.Name}[{index}]",
                        item.Text("ID"),
                        $"No object of {association.Name} has the ID {DocumentFindings.Cut(id)}"
                            + (association.Harm is null ? "." : $": {association.Harm}.")
                    );
                index++;
            }
        }
    }

    private void CheckVos()
    {
        var vosOfShare = new Dictionary<string, List<string>>();
        foreach (var policy in document.ObjectsOf(Contract.MappingPolicy))
        {
            // The query API takes the first VO of the first policy.
            if (policy.References("PolicyUserDomain").FirstOrDefault() is not { Length: > 0 } vo)
                continue;
            foreach (var share in policy.References(Contract.Share))
            {
                if (!vosOfShare.TryGetValue(share, out var vos))
                    vosOfShare[share] = vos = [];
                vos.Add(vo);
            }
        }

        var seen = new HashSet<string>();
        foreach (var (share, where) in Numbered(Contract.Share))
        {
            if (share.Text("ID") is not { } id)
                continue;
            if (!vosOfShare.TryGetValue(id, out var vos))
                Error(
                    "share without VO",
                    where,
                    id,
                    "No MappingPolicy names a VO for it: the query API leaves the share out."
                );
            else
                CheckVo(vos, seen.Add(vos[0]), where, id);
        }
    }

    private void CheckVo(List<string> vos, bool isFirst, string where, string id)
    {
        var vo = DocumentFindings.Cut(vos[0]);
        if (vos.Distinct(StringComparer.Ordinal).Skip(1).Any())
            Warn("share of VOs", where, id, $"It is for several VOs: the query API takes only the first, {vo}.");
        if (!isFirst)
            Warn(
                "VO with shares",
                where,
                id,
                $"VO {vo} has a share before it: the query API answers questions for the VO's project and images, those of "
                    + "the Infrastructure Manager for instance, by the first share alone."
            );
        else if (vo.Contains('/', StringComparison.Ordinal))
            Warn(
                "VO with slash",
                where,
                id,
                $"VO {vo} has a slash: the query API has no URL for its project and images; the Infrastructure Manager "
                    + "does not find them."
            );
    }

    private List<(JsonElement Item, string Where)> Numbered(string className) =>
        [
            .. (document.Member(className)?.Items() ?? [])
                .Select((item, index) => (Item: item, Where: $"{className}[{index}]"))
                .Where(entry => entry.Item.IsObject()),
        ];

    private void Error(string kind, string where, string? id, string what) =>
        findings.Add(kind, new DocumentFinding(DocumentSeverity.Error, where, id, what, NextStep: null));

    private void Warn(string kind, string where, string? id, string what) =>
        findings.Add(kind, new DocumentFinding(DocumentSeverity.Warning, where, id, what, NextStep: null));
}
