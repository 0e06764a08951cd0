using System.Text.Json.Nodes;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Cinder
{
    private async Task MakeVolumeAsync(HttpContext context, string project)
    {
        var token = TokenFor(context, project);
        var body = await BodyAsync(context, "volume");
        var size = (long?)body["size"] ?? 0;
        if (size < 1)
        {
            throw new CinderFault(400, "Invalid input received: Invalid volume size provided for create request.");
        }
        CheckSize(project, size);
        if (Over(project, "volumes", 1, Volumes) is { } limit)
        {
            throw new CinderFault(
                413,
                $"VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota 'volumes'."
            );
        }
        var volume = new SandboxVolume
        {
            Id = Guid.ParseExact(world.NewId(), "N").ToString(),
            ProjectId = project,
            UserId = token.User.Id,
            Name = (string?)body["name"],
            SizeGiB = size,
            Status = "creating",
            Looks = world.LooksUntilDone,
            Created = options.TimeProvider.GetUtcNow(),
        };
        world.Volumes.Put(world.LooksUntilDone == 0 ? volume with { Status = "available" } : volume);
        var shapes = new VolumeJson(Answers.Origin(context.Request), project, token.IsAdmin);
        await Answers.JsonAsync(
            context,
            202,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("volume");
                shapes.Write(json, volume);
                json.WriteEndObject();
            }
        );
    }

    private async Task MakeSnapshotAsync(HttpContext context, string project)
    {
        var token = TokenFor(context, project);
        var body = await BodyAsync(context, "snapshot");
        var volume = Find(token, (string?)body["volume_id"] ?? "");
        if (volume.Status != "available" && (bool?)body["force"] != true)
        {
            throw new CinderFault(400, $"Invalid volume: Volume {volume.Id} status must be available");
        }
        CheckSize(project, volume.SizeGiB);
        if (Over(project, "snapshots", 1, Snapshots) is { } limit)
        {
            throw new CinderFault(
                413,
                $"SnapshotLimitExceeded: Maximum number of snapshots allowed ({limit}) exceeded"
            );
        }
        var snapshot = new SandboxSnapshot
        {
            Id = Guid.ParseExact(world.NewId(), "N").ToString(),
            ProjectId = project,
            VolumeId = volume.Id,
            Name = (string?)body["name"],
            SizeGiB = volume.SizeGiB,
            Status = "creating",
            Looks = world.LooksUntilDone,
            Created = options.TimeProvider.GetUtcNow(),
        };
        world.Snapshots.Put(world.LooksUntilDone == 0 ? snapshot with { Status = "available" } : snapshot);
        await OneAsync(context, 202, snapshot);
    }

    private static Task OneAsync(HttpContext context, int status, SandboxSnapshot snapshot) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("snapshot");
                Write(json, snapshot);
                json.WriteEndObject();
            }
        );

    /// <summary>Volumes and snapshots count together.</summary>
    private void CheckSize(string project, long size)
    {
        if (LimitOf(project, "per_volume_gigabytes") is >= 0 and var most && size > most)
        {
            throw new CinderFault(
                413,
                $"VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {most}G."
            );
        }
        if (Over(project, "gigabytes", size, Gigabytes) is { } limit)
        {
            throw new CinderFault(
                413,
                "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. "
                    + $"Requested {size}G, quota is {limit}G and {Gigabytes(project)}G has been consumed."
            );
        }
    }

    /// <summary>The limit that one more would exceed; null: it fits.</summary>
    private long? Over(string project, string quota, long more, Func<string, long> used) =>
        LimitOf(project, quota) is >= 0 and var limit && used(project) + more > limit ? limit : null;

    private long LimitOf(string project, string quota) =>
        world.FindProject(project)?.Quotas.TryGetValue(quota, out var own) == true
            ? own
            : Defaults.GetValueOrDefault(quota, -1);

    private long Volumes(string project) => Charged(project).Count();

    private long Snapshots(string project) => world.Snapshots.Of(project).LongCount();

    private long Gigabytes(string project) =>
        Charged(project).Sum(volume => volume.SizeGiB) + world.Snapshots.Of(project).Sum(snapshot => snapshot.SizeGiB);

    /// <summary>Nothing is charged for what a migration makes.</summary>
    private IEnumerable<SandboxVolume> Charged(string project) =>
        world
            .Volumes.Of(project)
            .Where(volume => volume.MigrationStatus?.StartsWith("target:", StringComparison.Ordinal) != true);

    private static async Task<JsonNode> BodyAsync(HttpContext context, string name) =>
        JsonNode.Parse(await Answers.ReadBodyAsync(context))?[name]
        ?? throw new CinderFault(400, $"Missing required element '{name}' in request body.");
}
