using System.Globalization;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.BlockStorage;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;

namespace FedSite.Federation.Retirement;

/// <summary>Stopping and deleting.</summary>
public sealed partial class VoRetirements
{
    private const string StoppedServer = "stopped server";
    private const string Empty = "empty project";
    private const string Deleted = "deleted ";

    /// <summary>Statuses of servers that run, or are about to.</summary>
    private static readonly HashSet<string> Running = new(StringComparer.Ordinal)
    {
        "ACTIVE",
        "BUILD",
        "HARD_REBOOT",
        "MIGRATING",
        "PASSWORD",
        "REBOOT",
        "REBUILD",
        "RESIZE",
        "REVERT_RESIZE",
    };

    /// <summary>Statuses of servers that use no processor, as good as stopped.</summary>
    private static readonly HashSet<string> AtRest = new(StringComparer.Ordinal)
    {
        "SHELVED",
        "SHELVED_OFFLOADED",
        "SHUTOFF",
        "SUSPENDED",
    };

    private async Task<RetirementPlan> PlanStopAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var actions = new List<RetirementAction>();
        var notes = new List<string>();
        var resting = 0;
        foreach (var project in own)
        {
            await foreach (var server in ServersAsync(project, ct))
            {
                if (server.Status == "ACTIVE")
                    actions.Add(Stop(plan.Vo, server, project));
                else if (Running.Contains(server.Status))
                    notes.Add($"server {NameOf(server)} is in state {server.Status}: it has to come to rest first");
                else if (AtRest.Contains(server.Status))
                    resting++;
                else
                    notes.Add($"server {NameOf(server)} is in state {server.Status}, in which it is left");
            }
        }

        if (resting > 0)
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{resting} servers are stopped already, and will not be started by --undo"
                )
            );
        return With(plan, [new RetirementPhase { Actions = actions, Left = token => RunningAsync(own, token) }], notes);
    }

    private RetirementAction Stop(string vo, Server server, LeavingProject project) =>
        new()
        {
            Verb = "stop",
            Kind = "server",
            Name = NameOf(server),
            Id = server.Id,
            Project = project.Name,
            Work = async ct =>
            {
                _store.Note(vo, RetirementStage.Stop, StoppedServer, server.Id, project.Id);
                await cloud.Compute.StopServerAsync(server.Id, ct);
            },
        };

    private async Task<IReadOnlyList<string>> RunningAsync(IReadOnlyList<LeavingProject> projects, CancellationToken ct)
    {
        var left = new List<string>();
        foreach (var project in projects)
        {
            await foreach (var server in ServersAsync(project, ct))
            {
                if (Running.Contains(server.Status))
                    left.Add($"server {NameOf(server)} is in state {server.Status}");
            }
        }

        return left;
    }

    private async Task<RetirementPlan> PlanDeleteAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var notes = new List<string> { "what is deleted is gone for good: --undo does not bring it back" };
        var servers = new List<RetirementAction>();
        var snapshots = new List<RetirementAction>();
        var volumes = new List<RetirementAction>();
        var others = new List<RetirementAction>();
        foreach (var project in own)
        {
            RetirementAction Delete(string kind, string id, string? name, Func<string, CancellationToken, Task> work) =>
                Deletion(plan.Vo, project, kind, id, name, work);
            await foreach (var server in ServersAsync(project, ct))
                servers.Add(Delete("server", server.Id, server.Name, cloud.Compute.DeleteServerAsync));
            await foreach (var snapshot in SnapshotsAsync(project, ct))
                snapshots.Add(Delete("snapshot", snapshot.Id, snapshot.Name, cloud.BlockStorage.DeleteSnapshotAsync));
            await foreach (var volume in VolumesAsync(project, ct))
                volumes.Add(Delete("volume", volume.Id, name: null, cloud.BlockStorage.DeleteVolumeAsync));
            await foreach (var address in cloud.Network.ListFloatingIpsAsAdminAsync(project.Id, ct))
            {
                var ip = Known(address, project, "a floating address");
                others.Add(Delete("floating address", ip.Id, ip.Address, cloud.Network.DeleteFloatingIpAsync));
            }

            others.AddRange(await ImagesAsync(plan.Vo, project, own, notes, ct));
        }

        return With(
            plan,
            [
                new RetirementPhase
                {
                    Actions = servers,
                    Left = token => LeftAsync(own, "server", ServerIdsAsync, token),
                },
                new RetirementPhase
                {
                    Actions = snapshots,
                    Left = token => LeftAsync(own, "snapshot", SnapshotIdsAsync, token),
                },
                new RetirementPhase
                {
                    Actions = volumes,
                    Left = token => LeftAsync(own, "volume", VolumeIdsAsync, token),
                },
                new RetirementPhase { Actions = others },
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
                await work(id, ct);
            },
        };

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

    /// <summary>What there is in a project that can be used, in words; null: nothing.</summary>
    private async Task<string?> WhatIsLeftAsync(LeavingProject project, CancellationToken ct)
    {
        await foreach (var id in ServerIdsAsync(project, ct))
            return $"a server ({id})";
        await foreach (var id in VolumeIdsAsync(project, ct))
            return $"a volume ({id})";
        await foreach (var address in cloud.Network.ListFloatingIpsAsAdminAsync(project.Id, ct))
            return $"a floating address ({address.Item?.Address})";
        return null;
    }

    private static async Task<IReadOnlyList<string>> LeftAsync(
        IReadOnlyList<LeavingProject> projects,
        string kind,
        Func<LeavingProject, CancellationToken, IAsyncEnumerable<string>> ids,
        CancellationToken ct
    )
    {
        var left = new List<string>();
        foreach (var project in projects)
        {
            await foreach (var id in ids(project, ct))
                left.Add($"{kind} {id} is still there, in the project {project.Name}");
        }

        return left;
    }

    private IAsyncEnumerable<string> ServerIdsAsync(LeavingProject project, CancellationToken ct) =>
        ServersAsync(project, ct).Select(server => server.Id);

    private IAsyncEnumerable<string> SnapshotIdsAsync(LeavingProject project, CancellationToken ct) =>
        SnapshotsAsync(project, ct).Select(snapshot => $"{snapshot.Id} ({snapshot.Status})");

    private IAsyncEnumerable<string> VolumeIdsAsync(LeavingProject project, CancellationToken ct) =>
        VolumesAsync(project, ct).Select(volume => $"{volume.Id} ({volume.Status})");

    private IAsyncEnumerable<Server> ServersAsync(LeavingProject project, CancellationToken ct) =>
        cloud.Compute.ListServersAsAdminAsync(project.Id, ct).Select(listed => Known(listed, project, "a server"));

    private IAsyncEnumerable<VolumeSnapshot> SnapshotsAsync(LeavingProject project, CancellationToken ct) =>
        cloud
            .BlockStorage.ListSnapshotsAsAdminAsync(project.Id, ct)
            .Select(listed => Known(listed, project, "a snapshot"));

    /// <summary>But for the copy that Cinder makes of one that moves: that is Cinder's.</summary>
    private IAsyncEnumerable<Volume> VolumesAsync(LeavingProject project, CancellationToken ct) =>
        cloud
            .BlockStorage.ListVolumesAsAdminAsync(project.Id, ct)
            .Select(listed => Known(listed, project, "a volume"))
            .Where(volume => volume.MigrationStatus?.StartsWith("target:", StringComparison.Ordinal) != true);

    /// <summary>One that is not understood must not pass for none.</summary>
    private static T Known<T>(Listed<T> listed, LeavingProject project, string what)
        where T : class => Known(listed, project.Name, what);

    private static T Known<T>(Listed<T> listed, string project, string what)
        where T : class =>
        listed.Item
        ?? throw new FedSiteException(
            $"The project {project} has {what} that is not understood: {listed.Fault}",
            "Look at it with the `openstack` client; nothing is done while it is there."
        );

    private static string NameOf(Server server) => server.Name.Length == 0 ? server.Id : $"{server.Name} ({server.Id})";
}
