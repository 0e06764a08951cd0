using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>How long it takes what Cinder takes a while for: <see cref="CloudWorld.LooksUntilDone"/>.</remarks>
internal sealed partial class Cinder
{
    private static readonly string[] Deletable = ["available", "error", "error_restoring", "error_extending"];

    private Task DeleteVolumeAsync(HttpContext context, string project, string id)
    {
        var volume = Find(TokenFor(context, project), id);
        if (!Deletable.Contains(volume.Status))
        {
            throw Undeletable(
                "status must be available or error or error_restoring or error_extending or error_managing and"
            );
        }
        return RemoveAsync(context, volume);
    }

    private async Task ActOnVolumeAsync(HttpContext context, string project, string id)
    {
        var token = TokenFor(context, project);
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var action = AdminAction(token, body.RootElement);
        var volume = Find(token, id);
        if (action.Name == "os-force_delete")
        {
            await RemoveAsync(context, volume);
            return;
        }
        world.Volumes.Put(volume with { Status = StatusOf(action.Value), Looks = 0 });
        context.Response.StatusCode = 202;
    }

    /// <summary>In whatever state, if only nothing hangs on it.</summary>
    private Task RemoveAsync(HttpContext context, SandboxVolume volume)
    {
        if (
            volume.Servers.Count > 0
            || world.Snapshots.Of(volume.ProjectId).Any(snapshot => snapshot.VolumeId == volume.Id)
        )
        {
            throw Undeletable("");
        }
        world.Volumes.Put(volume with { Status = "deleting", Looks = world.LooksUntilDone });
        if (world.LooksUntilDone == 0)
        {
            world.Volumes.Remove(volume.Id);
        }
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private static CinderFault Undeletable(string status) =>
        new(
            400,
            $"Invalid volume: Volume {status} must not be migrating, attached, belong to a group, have snapshots, "
                + "awaiting a transfer, or be disassociated from snapshots after volume transfer."
        );

    private Task DeleteSnapshotAsync(HttpContext context, string project, string id)
    {
        var snapshot = FindSnapshot(TokenFor(context, project), id);
        return snapshot.Status is "available" or "error"
            ? RemoveAsync(context, snapshot)
            : throw new CinderFault(
                400,
                "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
            );
    }

    private async Task ActOnSnapshotAsync(HttpContext context, string project, string id)
    {
        var token = TokenFor(context, project);
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var action = AdminAction(token, body.RootElement);
        var snapshot = FindSnapshot(token, id);
        if (action.Name == "os-force_delete")
        {
            await RemoveAsync(context, snapshot);
            return;
        }
        world.Snapshots.Put(snapshot with { Status = StatusOf(action.Value), Looks = 0 });
        context.Response.StatusCode = 202;
    }

    private Task RemoveAsync(HttpContext context, SandboxSnapshot snapshot)
    {
        world.Snapshots.Put(snapshot with { Status = "deleting", Looks = world.LooksUntilDone });
        if (world.LooksUntilDone == 0)
        {
            world.Snapshots.Remove(snapshot.Id);
        }
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private static JsonProperty AdminAction(Token token, JsonElement body)
    {
        var action = body.EnumerateObject().First();
        if (action.Name is not ("os-force_delete" or "os-reset_status"))
        {
            throw new CinderFault(400, $"There is no such action: {action.Name}");
        }
        return token.IsAdmin
            ? action
            : throw new CinderFault(403, $"Policy doesn't allow {action.Name} to be performed.");
    }

    private static string StatusOf(JsonElement reset) => reset.GetProperty("status").GetString()!;

    private SandboxSnapshot FindSnapshot(Token token, string id) =>
        world.Snapshots.Find(id) is { } snapshot && (token.IsAdmin || snapshot.ProjectId == token.Project?.Id)
            ? snapshot
            : throw new CinderFault(404, $"Snapshot {id} could not be found.");

    private async Task SnapshotAsync(HttpContext context, string project, string id)
    {
        var snapshot = FindSnapshot(TokenFor(context, project), id);
        await OneAsync(context, 200, snapshot);
        world.Seen(snapshot);
    }

    private Task SnapshotsAsync(HttpContext context, string project)
    {
        var token = TokenFor(context, project);
        var query = context.Request.Query;
        var owners =
            token.IsAdmin && Boolean(query, "all_tenants")
                ? world.Projects.Select(p => p.Id).Where(id => query["project_id"] is not [{ } one] || one == id)
                : [token.Project!.Id];
        var snapshots = owners.SelectMany(world.Snapshots.Of).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("snapshots");
                snapshots.ForEach(snapshot =>
                {
                    Write(json, snapshot);
                    world.Seen(snapshot);
                });
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    private static void Write(Utf8JsonWriter json, SandboxSnapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteString("id", snapshot.Id);
        json.WriteString(
            "created_at",
            snapshot.Created.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
        );
        json.WriteString("name", snapshot.Name);
        json.WriteNull("description");
        json.WriteString("volume_id", snapshot.VolumeId);
        json.WriteString("status", snapshot.Status);
        json.WriteNumber("size", snapshot.SizeGiB);
        json.WriteString("os-extended-snapshot-attributes:project_id", snapshot.ProjectId);
        json.WriteEndObject();
    }
}
