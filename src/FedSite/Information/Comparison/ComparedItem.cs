using System.Text.Json;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>An object of a document, all its copies together.</summary>
internal sealed class ComparedItem
{
    private const string Other = Contract.OtherInfo + ".";
    private const string Association = Contract.Associations + ".";

    // What differs with every document, or follows from other differences.
    private static readonly string[] Ignored = ["ID", "CreationTime", "Validity", "Complexity", "HealthStateInfo"];

    private static readonly string[] Volatile =
    [
        "TotalVM",
        "RunningVM",
        "SuspendedVM",
        "HaltedVM",
        Other + "usage",
        Other + "vm_states",
        // How GOCDB's word came to be known: from its cache, for instance.
        Other + "gocdb",
    ];

    private readonly JsonElement _first;
    private readonly Dictionary<string, HashSet<string>> _sets = [];

    private ComparedItem(string id, JsonElement first)
    {
        Id = id;
        _first = first;
    }

    public string Id { get; }

    /// <summary>The objects of a class by their ids, in the order of the document; those without are left out.</summary>
    public static OrderedDictionary<string, ComparedItem> AllOf(JsonElement document, string className)
    {
        var items = new OrderedDictionary<string, ComparedItem>();
        foreach (var copy in document.ObjectsOf(className))
        {
            if (copy.Text("ID") is not { Length: > 0 } id)
                continue;
            if (!items.TryGetValue(id, out var item))
                items[id] = item = new ComparedItem(id, copy);
            item.AddAssociations(copy);
        }

        if (className == Contract.Share)
            AddVos(document, items);
        return items;
    }

    public ComparedObject Describe() =>
        new(DocumentFindings.Cut(Id), DocumentFindings.Cut(_first.Text("Name") is { Length: > 0 } name ? name : Id));

    public IEnumerable<MemberChange> ChangesSince(ComparedItem before, bool withVolatile)
    {
        var old = before.Members();
        var young = Members();
        foreach (var name in young.Keys.Union(old.Keys))
        {
            if (Ignored.Contains(name) || (!withVolatile && Volatile.Contains(name)))
                continue;
            var was = old.TryGetValue(name, out var value) ? value : default;
            var now = young.TryGetValue(name, out value) ? value : default;
            if (NamesOf(name, was) is { } wasNames && NamesOf(name, now) is { } nowNames)
            {
                if (wasNames != nowNames)
                    yield return new(name, Written(was, wasNames), Written(now, nowNames));
            }
            else if (!AreEqual(was, now))
            {
                yield return new(name, TextOf(was), TextOf(now));
            }
        }

        foreach (var name in _sets.Keys.Union(before._sets.Keys))
        {
            var was = before._sets.GetValueOrDefault(name) ?? [];
            var now = _sets.GetValueOrDefault(name) ?? [];
            if (!now.SetEquals(was))
                yield return new(name, Listed(was.Except(now)), Listed(now.Except(was)));
        }
    }

    // Those of OtherInfo by themselves; associations are sets.
    private Dictionary<string, JsonElement> Members()
    {
        var members = new Dictionary<string, JsonElement>();
        foreach (var member in _first.EnumerateObject())
        {
            if (member.Name is Contract.OtherInfo && member.Value.IsObject())
            {
                foreach (var inner in member.Value.EnumerateObject())
                    members[Other + inner.Name] = inner.Value;
            }
            else if (member.Name is not Contract.Associations)
            {
                members[member.Name] = member.Value;
            }
        }

        return members;
    }

    private void AddAssociations(JsonElement copy)
    {
        if (copy.Member(Contract.Associations) is not { } associations || !associations.IsObject())
            return;
        foreach (var association in associations.EnumerateObject())
            Add(Association + association.Name, copy.References(association.Name));
    }

    private static void AddVos(JsonElement document, OrderedDictionary<string, ComparedItem> shares)
    {
        foreach (var policy in document.ObjectsOf(Contract.MappingPolicy))
        {
            foreach (var share in policy.References(Contract.Share).Where(shares.ContainsKey))
                shares[share].Add("VO", policy.References("PolicyUserDomain"));
        }
    }

    private void Add(string set, IEnumerable<string> values)
    {
        if (!_sets.TryGetValue(set, out var known))
            _sets[set] = known = [];
        known.UnionWith(values);
    }

    /// <summary>What a member with failures names; their texts hold times and counts. Null: it is another member.</summary>
    private static string? NamesOf(string member, JsonElement value) =>
        member switch
        {
            Other + "health" => Reading.Of(value).Words,
            Other + "failed" => string.Join(
                ", ",
                value.Items().Select(one => $"{one.Text("vo")} {one.Text("part")}".Trim()).Order(StringComparer.Ordinal)
            ),
            _ => null,
        };

    private static string? Written(JsonElement value, string names) =>
        value.ValueKind is JsonValueKind.Undefined ? null : DocumentFindings.Cut(names);

    private static bool AreEqual(JsonElement a, JsonElement b)
    {
        if (a.ValueKind is JsonValueKind.Undefined || b.ValueKind is JsonValueKind.Undefined)
            return a.ValueKind == b.ValueKind;
        try
        {
            return JsonElement.DeepEquals(a, b);
        }
        catch (ArgumentOutOfRangeException)
        {
            // 1e99999999999 is JSON, but no number that can be compared.
            return a.GetRawText() == b.GetRawText();
        }
    }

    private static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.String => DocumentFindings.Cut(value.GetString()!),
            _ => DocumentFindings.Cut(value.GetRawText()),
        };

    private static string? Listed(IEnumerable<string> ids) =>
        string.Join(", ", ids) is { Length: > 0 } text ? DocumentFindings.Cut(text) : null;
}
