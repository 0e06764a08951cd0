using System.Globalization;
using FedSite.OpenStack;

namespace FedSite.Federation.Retirement;

/// <summary>What is gone of what was deleted: the cloud may have refused it, or have failed later.</summary>
public sealed partial class VoRetirements
{
    private async Task<string> DeletedWordsAsync(IReadOnlyList<RetirementStep> steps, CancellationToken ct)
    {
        var deleted = steps.Where(step => step.Kind.StartsWith(Deleted, StringComparison.Ordinal)).ToList();
        var there = new HashSet<RetirementStep>();
        foreach (var some in deleted.GroupBy(step => (Kind: step.Kind[Deleted.Length..], step.Project)))
        {
            var ids = await ThereAsync(some.Key.Kind, some.Key.Project, some, ct);
            there.UnionWith(some.Where(step => ids.Contains(step.Id)));
        }

        var gone = Counts(deleted.Where(step => !there.Contains(step)));
        var left = there.Count == 0 ? "" : $"; not gone: {Counts(there)}";
        return gone.Length == 0
            ? $"nothing was deleted{left}"
            : $"deleting can't be undone: {gone} stay gone{left}; only the way back to the stages before is opened";
    }

    private async Task<HashSet<string>> ThereAsync(
        string kind,
        string project,
        IEnumerable<RetirementStep> steps,
        CancellationToken ct
    )
    {
        var ids = kind switch
        {
            "server" => cloud
                .Compute.ListServersAsAdminAsync(project, ct)
                .Select(one => Known(one, project, "a server").Id),
            "snapshot" => cloud
                .BlockStorage.ListSnapshotsAsAdminAsync(project, ct)
                .Select(one => Known(one, project, "a snapshot").Id),
            "volume" => cloud
                .BlockStorage.ListVolumesAsAdminAsync(project, ct)
                .Select(one => Known(one, project, "a volume").Id),
            "floating address" => cloud
                .Network.ListFloatingIpsAsAdminAsync(project, ct)
                .Select(one => Known(one, project, "a floating address").Id),
            _ => steps
                .ToAsyncEnumerable()
                .Select(
                    async (step, _, token) =>
                        await cloud.Image.FindImageAsync(TokenScope.Configured, step.Id, token) is null ? "" : step.Id
                ),
        };
        return await ids.ToHashSetAsync(StringComparer.Ordinal, ct);
    }

    private static string Counts(IEnumerable<RetirementStep> steps) =>
        string.Join(
            ", ",
            steps
                .CountBy(step => step.Kind[Deleted.Length..])
                .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value} × {kind.Key}"))
        );
}
