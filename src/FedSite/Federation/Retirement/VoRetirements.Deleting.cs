using System.Globalization;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Federation.Retirement;

/// <summary>Deleting.</summary>
public sealed partial class VoRetirements
{
    private const string Empty = "empty project";
    private const string Deleted = "deleted ";

    /// <summary>Statuses of volumes and snapshots.</summary>
    private const string Going = "deleting";
    private const string FailedToGo = "error_deleting";

    private async Task<RetirementPlan> PlanDeleteAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var notes = new List<string> { "what is deleted is gone for good: --undo does not bring it back" };
        var found = new Removals();
        foreach (var project in own)
        {
            await FindMachinesAsync(plan.Vo, project, found, ct);
            await FindStorageAsync(plan.Vo, project, found, ct);
            await foreach (var address in cloud.Network.ListFloatingIpsAsAdminAsync(project.Id, ct))
            {
                var ip = Known(address, project, "a floating address");
                found.Others.Add(
                    Deletion(
                        plan.Vo,
                        project,
                        "floating address",
                        ip.Id,
                        ip.Address,
                        cloud.Network.DeleteFloatingIpAsync
                    )
                );
            }

            found.Others.AddRange(await ImagesAsync(plan.Vo, project, own, notes, ct));
        }

        notes.AddRange(
            found
                .Attached.Where(one => !found.Machines.Contains(one.Server))
                .Select(one =>
                    $"volume {one.Volume} is attached to the server {one.Server} of another project: it stays until it is detached"
                )
        );
        return With(
            plan,
            [
                new RetirementPhase
                {
                    Actions = found.Servers,
                    Left = (asked, token) => LeftAsync(own, asked, ServersLeftAsync, token),
                },
                new RetirementPhase
                {
                    Actions = found.Snapshots,
                    Left = (asked, token) => LeftAsync(own, asked, SnapshotsLeftAsync, token),
                },
                new RetirementPhase
                {
                    Actions = found.Volumes,
                    Left = (asked, token) => LeftAsync(own, asked, VolumesLeftAsync, token),
                },
                new RetirementPhase { Actions = found.Others },
            ],
            notes,
            WhyNotYet(plan)
        ) with
        {
            Finish = () =>
            {
                foreach (var project in own)
                    _store.Note(plan.Vo, RetirementStage.Delete, Empty, project.Id, project.Id);
            },
        };
    }

    /// <summary>What there is to delete.</summary>
    private sealed class Removals
    {
        public List<RetirementAction> Servers { get; } = [];
        public List<RetirementAction> Snapshots { get; } = [];
        public List<RetirementAction> Volumes { get; } = [];
        public List<RetirementAction> Others { get; } = [];

        /// <summary>Ids of all servers.</summary>
        public HashSet<string?> Machines { get; } = new(StringComparer.Ordinal);
        public List<(string Volume, string? Server)> Attached { get; } = [];
    }

    private async Task FindMachinesAsync(string vo, LeavingProject project, Removals found, CancellationToken ct)
    {
        await foreach (var server in ServersAsync(project, ct))
        {
            found.Machines.Add(server.Id);
            if (ServerConditions.Of(server) != ServerCondition.IsLeaving)
                found.Servers.Add(
                    Deletion(vo, project, "server", server.Id, server.Name, cloud.Compute.DeleteServerAsync)
                );
        }
    }

    /// <summary>What is being deleted already is only waited for.</summary>
    private async Task FindStorageAsync(string vo, LeavingProject project, Removals found, CancellationToken ct)
    {
        await foreach (var snapshot in SnapshotsAsync(project, ct))
        {
            var failed = snapshot.Status == FailedToGo;
            if (snapshot.Status != Going)
                found.Snapshots.Add(
                    Deletion(
                        vo,
                        project,
                        "snapshot",
                        snapshot.Id,
                        snapshot.Name,
                        (id, token) => cloud.BlockStorage.DeleteSnapshotAsync(id, failed, token)
                    )
                );
        }

        await foreach (var volume in VolumesAsync(project, ct))
        {
            var failed = volume.Status == FailedToGo;
            found.Attached.AddRange(volume.Attachments.Select(one => (volume.Id, one?.ServerId)));
            if (volume.Status != Going)
                found.Volumes.Add(
                    Deletion(
                        vo,
                        project,
                        "volume",
                        volume.Id,
                        name: null,
                        (id, token) => cloud.BlockStorage.DeleteVolumeAsync(id, failed, token)
                    )
                );
        }
    }

    private IReadOnlyList<PlanProblem> WhyNotYet(RetirementPlan plan) =>
        plan.DeleteAfter is not { } day
            ? [new PlanProblem("No day is set from which it may be deleted.", "Give one: --delete-after YYYY-MM-DD.")]
        : day > Today
            ?
            [
                new PlanProblem(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"It may be deleted from {day:yyyy-MM-dd} on; today is {Today:yyyy-MM-dd} (UTC)."
                    ),
                    "Wait, or set another day with --delete-after."
                ),
            ]
        : [];

    private RetirementAction Deletion(
        string vo,
        LeavingProject project,
        string kind,
        string id,
        string? name,
        Func<string, CancellationToken, Task> work
    ) =>
        new()
        {
            Verb = "delete",
            Kind = kind,
            Name = string.IsNullOrEmpty(name) ? id : $"{name} ({id})",
            Id = id,
            Project = project.Name,
            Work = async ct =>
            {
                _store.Note(vo, RetirementStage.Delete, Deleted + kind, id, project.Id);
                try
                {
                    await work(id, ct);
                }
                catch (OpenStackException e) when (e.Status is 400 or 409 && kind != "image")
                {
                    throw new FedSiteException(e.Message, Freeing(kind, id), inner: e);
                }
            },
        };

    /// <summary>What hangs between two states does not come by waiting.</summary>
    private static string Freeing(string kind, string id)
    {
        var thing = kind == "snapshot" ? "volume snapshot" : kind;
        return kind is "server" or "volume" or "snapshot"
            ? $"Look at it: `openstack {thing} show {id}`. If nobody is at work with it, `openstack {thing} set --state error {id}`, and run the same again."
            : "Run the same again; `openstack` shows what holds it.";
    }

    /// <summary>Those that nobody else can use.</summary>
    private async Task<IReadOnlyList<RetirementAction>> ImagesAsync(
        string vo,
        LeavingProject project,
        IReadOnlyList<LeavingProject> own,
        List<string> notes,
        CancellationToken ct
    )
    {
        var actions = new List<RetirementAction>();
        await foreach (var image in OwnImagesAsync(project, ct))
        {
            var name = $"image {image.Name ?? image.Id} ({image.Id})";
            if (image.Visibility is "public" or "community")
                notes.Add($"{name} is {image.Visibility}, others may use it: it stays");
            else if (image.Protected)
                notes.Add($"{name} is protected: it stays until somebody takes the protection away");
            else if (await OthersAsync(image, own, ct) is { } other)
                notes.Add($"{name} is shared with the project {other}: it stays");
            else
                actions.Add(
                    Deletion(
                        vo,
                        project,
                        "image",
                        image.Id,
                        image.Name,
                        (id, token) => cloud.Image.DeleteImageAsync(TokenScope.Configured, id, token)
                    )
                );
        }

        return actions;
    }

    private async IAsyncEnumerable<CloudImage> OwnImagesAsync(
        LeavingProject project,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var visibility in (string?[])[null, "community"])
        {
            foreach (var hidden in (bool[])[false, true])
            {
                var query = new ImageQuery
                {
                    Owner = project.Id,
                    Visibility = visibility,
                    Hidden = hidden,
                };
                await foreach (var image in cloud.Image.ListImagesAsync(TokenScope.Configured, query, ct))
                {
                    if (image.Owner == project.Id && seen.Add(image.Id))
                        yield return image;
                }
            }
        }
    }

    private async Task<string?> OthersAsync(
        CloudImage image,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    ) =>
        image.Visibility != "shared"
            ? null
            : (await MembersAsync(image.Id, ct))
                .Select(member => member.ProjectId)
                .FirstOrDefault(member => own.All(project => project.Id != member));

    /// <summary>What is asked for comes, unless the cloud gave up.</summary>
    private static async Task<IReadOnlyList<Leftover>> LeftAsync(
        IReadOnlyList<LeavingProject> projects,
        IReadOnlySet<string> asked,
        Func<LeavingProject, CancellationToken, IAsyncEnumerable<Remaining>> remaining,
        CancellationToken ct
    )
    {
        var left = new List<Leftover>();
        foreach (var project in projects)
        {
            await foreach (var one in remaining(project, ct))
                left.Add(
                    new Leftover(
                        $"{one.Kind} {one.Id} ({one.Status}) is still there, in the project {project.Name}",
                        one.IsGoing || (asked.Contains(one.Id) && !one.Failed)
                    )
                );
        }

        return left;
    }

    /// <summary>Something that was to be deleted, and is there.</summary>
    private readonly record struct Remaining(string Kind, string Id, string? Status, bool IsGoing, bool Failed);

    private IAsyncEnumerable<Remaining> ServersLeftAsync(LeavingProject project, CancellationToken ct) =>
        ServersAsync(project, ct)
            .Select(server => new Remaining(
                "server",
                server.Id,
                server.Status,
                ServerConditions.Of(server) == ServerCondition.IsLeaving,
                server is { Status: "ERROR", TaskState: null }
            ));

    private IAsyncEnumerable<Remaining> SnapshotsLeftAsync(LeavingProject project, CancellationToken ct) =>
        SnapshotsAsync(project, ct).Select(snapshot => Left("snapshot", snapshot.Id, snapshot.Status));

    private IAsyncEnumerable<Remaining> VolumesLeftAsync(LeavingProject project, CancellationToken ct) =>
        VolumesAsync(project, ct).Select(volume => Left("volume", volume.Id, volume.Status));

    private static Remaining Left(string kind, string id, string? status) =>
        new(kind, id, status, status == Going, status == FailedToGo);
}
