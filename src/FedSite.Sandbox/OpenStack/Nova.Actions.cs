using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>How long it takes what Nova takes a while for: <see cref="CloudWorld.LooksUntilDone"/>.</remarks>
internal sealed partial class Nova
{
    private sealed record Doing(string Verb, string[] From, string Task, string Status);

    private static readonly Dictionary<string, Doing> Doings = new(StringComparer.Ordinal)
    {
        ["os-stop"] = new("stop", ["active", "error"], "powering-off", "SHUTOFF"),
        ["os-start"] = new("start", ["stopped"], "powering-on", "ACTIVE"),
        ["pause"] = new("pause", ["active"], "pausing", "PAUSED"),
        ["suspend"] = new("suspend", ["active"], "suspending", "SUSPENDED"),
        ["shelve"] = new("shelve", ["active", "stopped", "paused", "suspended"], "shelving", "SHELVED"),
    };

    private void Seen(SandboxServer server) => world.Seen(server, options.TimeProvider.GetUtcNow());

    private async Task ActAsync(HttpContext context, Token token, string id)
    {
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var action = body.RootElement.EnumerateObject().First();
        var server = Own(token, id);
        var now = options.TimeProvider.GetUtcNow();
        if (action.Name is "lock" or "unlock")
        {
            world.Put(server with { Locked = action.Name == "lock" });
        }
        else if (action.Name == "os-resetState")
        {
            if (!token.IsAdmin)
            {
                throw NovaFault.Forbidden(
                    "Policy doesn't allow os_compute_api:os-admin-actions:reset_state to be performed."
                );
            }
            world.Advance(server.Id, action.Value.GetProperty("state").GetString()!.ToUpperInvariant(), now);
        }
        else
        {
            var doing =
                Doings.GetValueOrDefault(action.Name)
                ?? throw NovaFault.BadRequest($"There is no such action: {action.Name}");
            CheckLock(token, server);
            Check(server, doing);
            world.Begin(server, doing.Task, doing.Status, now);
        }
        context.Response.StatusCode = 202;
    }

    private static void Check(SandboxServer server, Doing doing)
    {
        var state = ServerState.Of(server.Status);
        var task = server.Task ?? state.Task;
        if (task == "scheduling")
        {
            // It is in no cell yet.
            throw NovaFault.NotFound($"Instance {server.Id} could not be found.");
        }
        if (!doing.From.Contains(state.Vm))
        {
            throw NovaFault.Conflict($"Cannot '{doing.Verb}' instance {server.Id} while it is in vm_state {state.Vm}");
        }
        if (task is not null)
        {
            throw NovaFault.Conflict($"Cannot '{doing.Verb}' instance {server.Id} while it is in task_state {task}");
        }
        if (server.LaunchedAt is null)
        {
            throw NovaFault.Conflict($"Instance {server.Id} is not ready");
        }
    }

    private static void CheckLock(Token token, SandboxServer server)
    {
        if (server.Locked && !token.IsAdmin)
        {
            throw NovaFault.Conflict($"Instance {server.Id} is locked");
        }
    }

    private Task DeleteServerAsync(HttpContext context, Token token, string id)
    {
        var server = Own(token, id);
        CheckLock(token, server);
        if (server.Task != "deleting")
        {
            world.Begin(server, "deleting", "DELETED", options.TimeProvider.GetUtcNow());
        }
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task AttachAsync(HttpContext context, Token token, string id)
    {
        var server = Own(token, id);
        var body = JsonNode.Parse(await Answers.ReadBodyAsync(context))?["volumeAttachment"];
        var wanted = (string?)body?["volumeId"] ?? "";
        var volume =
            world.Volumes.Find(wanted) is { } found && found.ProjectId == token.Project?.Id
                ? found
                : throw NovaFault.NotFound($"Volume {wanted} could not be found.");
        if (volume.Status != "available")
        {
            throw NovaFault.BadRequest($"Invalid volume: volume {wanted} status must be available");
        }
        world.Volumes.Put(volume with { Status = "in-use", Servers = [server.Id.ToString()] });
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("volumeAttachment");
                json.WriteString("id", wanted);
                json.WriteString("serverId", id);
                json.WriteString("volumeId", wanted);
                json.WriteString("device", "/dev/sdb");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private SandboxServer Own(Token token, string id) =>
        Guid.TryParse(id, out var wanted)
        && world.FindServer(wanted) is { Deleted: false } server
        && (token.IsAdmin || server.ProjectId == token.Project?.Id)
            ? server
            : throw NovaFault.NotFound($"Instance {id} could not be found.");
}
