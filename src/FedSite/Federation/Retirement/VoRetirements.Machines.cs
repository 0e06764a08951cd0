using System.Globalization;
using FedSite.OpenStack;
using FedSite.OpenStack.BlockStorage;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Retirement;

/// <summary>Stopping, and what there is to stop and to delete.</summary>
public sealed partial class VoRetirements
{
    private const string StoppedServer = "stopped server";

    private async Task<RetirementPlan> PlanStopAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var actions = new List<RetirementAction>();
        var notes = new List<string>();
        var before = _store
            .Steps(plan.Vo, RetirementStage.Stop)
            .Where(step => step.Kind == StoppedServer)
            .Select(step => step.Id)
            .ToHashSet(StringComparer.Ordinal);
        var resting = 0;
        foreach (var project in own)
        {
            await foreach (var server in ServersAsync(project, ct))
            {
                var condition = ServerConditions.Of(server);
                if (condition == ServerCondition.Runs)
                    actions.Add(Stop(plan.Vo, server, project));
                else if (condition is ServerCondition.Rests or ServerCondition.IsStopping)
                    resting += before.Contains(server.Id) ? 0 : 1;
                else if (condition != ServerCondition.IsLeaving)
                    notes.Add($"server {NameOf(server)} {ServerConditions.Words(server)}");
            }
        }

        if (resting > 0)
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{resting} servers are stopped already, and will not be started by --undo"
                )
            );
        return With(
            plan,
            [new RetirementPhase { Actions = actions, Left = (asked, token) => RunningAsync(own, asked, token) }],
            notes
        );
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

    /// <summary>Nobody waits for servers that came since, or that something else is done with: they have to be asked for anew.</summary>
    private async Task<IReadOnlyList<Leftover>> RunningAsync(
        IReadOnlyList<LeavingProject> projects,
        IReadOnlySet<string> asked,
        CancellationToken ct
    )
    {
        var left = new List<Leftover>();
        foreach (var project in projects)
        {
            await foreach (var server in ServersAsync(project, ct))
            {
                if (
                    ServerConditions.Of(server)
                    is not (ServerCondition.Rests or ServerCondition.IsOut)
                        and var condition
                )
                    left.Add(
                        new Leftover(
                            $"server {NameOf(server)} {ServerConditions.Words(server)}",
                            condition is ServerCondition.IsStopping or ServerCondition.IsLeaving
                                || (condition == ServerCondition.Runs && asked.Contains(server.Id))
                        )
                    );
            }
        }

        return left;
    }

    /// <summary>What there is in a project that can be used, in words; null: nothing.</summary>
    private async Task<string?> WhatIsLeftAsync(LeavingProject project, CancellationToken ct)
    {
        await foreach (var server in ServersAsync(project, ct))
            return $"a server ({server.Id})";
        await foreach (var volume in VolumesAsync(project, ct))
            return $"a volume ({volume.Id} ({volume.Status}))";
        await foreach (var address in cloud.Network.ListFloatingIpsAsAdminAsync(project.Id, ct))
            return $"a floating address ({address.Item?.Address})";
        return null;
    }

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
