using System.Text.Json;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>Counts what a document lost.</summary>
internal sealed class LossCount(JsonElement before, JsonElement after)
{
    private readonly Dictionary<string, Reading> _shares = after
        .ObjectsOf(Contract.Share)
        .Where(share => share.Text("ID") is not null)
        .GroupBy(share => share.Text("ID")!, share => share)
        .ToDictionary(
            copies => copies.Key,
            copies => Reading.Of(copies.First().Member(Contract.OtherInfo)?.Member("health") ?? default)
        );

    public DocumentLoss Count() =>
        new(
            Fault: null,
            Objects("images", Contract.Image, "images"),
            Objects("flavors", Contract.InstanceType, "flavors"),
            Shares()
        );

    private LostPart Objects(string word, string className, string part)
    {
        var read = _shares.Where(share => share.Value.Has(part)).Select(share => share.Key).ToHashSet();
        var had = before
            .ObjectsOf(className)
            .Where(item => item.References(Contract.Share).Any(read.Contains))
            .Select(item => item.Text("ID"))
            .OfType<string>()
            .ToHashSet();
        var has = after.ObjectsOf(className).Select(item => item.Text("ID")).OfType<string>().ToHashSet();
        return new(word, had.Count(id => !has.Contains(id)), had.Count);
    }

    private LostPart Shares()
    {
        var unread = UnreadVos();
        var vos = before
            .ObjectsOf(Contract.MappingPolicy)
            .SelectMany(policy =>
                policy.References(Contract.Share).Select(share => (share, Vos: policy.References("PolicyUserDomain")))
            )
            .ToLookup(pair => pair.share, pair => pair.Vos);
        var had = before
            .ObjectsOf(Contract.Share)
            .Select(share => share.Text("ID"))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Where(id => _shares.ContainsKey(id) || !vos[id].Any(names => names.Any(unread.Contains)))
            .ToList();
        return new("shares", had.Count(id => !_shares.ContainsKey(id)), had.Count);
    }

    // A VO whose project is not known has no share to say so: the endpoint does.
    private HashSet<string> UnreadVos() =>
        [
            .. after
                .ObjectsOf("CloudComputingEndpoint")
                .SelectMany(endpoint => endpoint.Member(Contract.OtherInfo)?.Member("failed")?.Items() ?? [])
                .Where(failure => failure.Text("part") is "project" or "token")
                .Select(failure => failure.Text("vo"))
                .OfType<string>(),
        ];
}
