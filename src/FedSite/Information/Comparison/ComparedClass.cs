using System.Text.Json;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>How objects of a class are compared.</summary>
internal sealed record ComparedClass(string Name, string Singular, string Plural)
{
    /// <summary>
    /// Those that say something of their own: policies only repeat which VO a share is for, which counts as a member of it.
    /// </summary>
    public static IReadOnlyList<ComparedClass> All { get; } =
    [
        new(Contract.Share, "share", "shares"),
        new(Contract.Image, "image", "images"),
        new(Contract.InstanceType, "flavor", "flavors"),
        new(Contract.Accelerator, "accelerator", "accelerators"),
        Single("CloudComputingService", "service"),
        Single("CloudComputingManager", "manager"),
        Single("CloudComputingEndpoint", "endpoint"),
    ];

    private bool IsSingle { get; init; }

    public ClassDifference Compare(JsonElement before, JsonElement after, bool withVolatile)
    {
        var old = ComparedItem.AllOf(before, Name);
        var young = ComparedItem.AllOf(after, Name);
        return new(
            Singular,
            Plural,
            IsSingle,
            [.. old.Values.Where(item => !young.ContainsKey(item.Id)).Select(item => item.Describe())],
            [.. young.Values.Where(item => !old.ContainsKey(item.Id)).Select(item => item.Describe())],
            [
                .. young
                    .Values.Where(item => old.ContainsKey(item.Id))
                    .Select(item => new ChangedObject(
                        item.Id,
                        item.Describe().Name,
                        [.. item.ChangesSince(old[item.Id], withVolatile)]
                    ))
                    .Where(changed => changed.Members.Count > 0),
            ]
        );
    }

    private static ComparedClass Single(string name, string word) => new(name, word, word) { IsSingle = true };
}
