using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>What Cinder takes a while for is done at once here.</remarks>
internal sealed partial class Cinder
{
    private static readonly string[] Deletable = ["available", "error", "error_restoring", "error_extending"];

    private Task DeleteVolumeAsync(HttpContext context, string project, string id)
    {
        var volume = Find(TokenFor(context, project), id);
        if (
            !Deletable.Contains(volume.Status)
            || volume.Servers.Count > 0
            || world.Snapshots.Of(volume.ProjectId).Any(snapshot => snapshot.VolumeId == id)
        )
        {
            throw new CinderFault(
                400,
                "Invalid volume: Volume status must be available or error or error_restoring or error_extending or "
                    + "error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a "
                    + "transfer, or be disassociated from snapshots after volume transfer."
            );
        }
        world.Volumes.Remove(id);
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private Task DeleteSnapshotAsync(HttpContext context, string project, string id)
    {
        var token = TokenFor(context, project);
        if (world.Snapshots.Find(id) is not { } snapshot || (!token.IsAdmin && snapshot.ProjectId != token.Project?.Id))
        {
            throw new CinderFault(404, $"Snapshot {id} could not be found.");
        }
        world.Snapshots.Remove(id);
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
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
                snapshots.ForEach(snapshot => Write(json, snapshot));
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
        json.WriteString("status", "available");
        json.WriteNumber("size", snapshot.SizeGiB);
        json.WriteString("os-extended-snapshot-attributes:project_id", snapshot.ProjectId);
        json.WriteEndObject();
    }
}
