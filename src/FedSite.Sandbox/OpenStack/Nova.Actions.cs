using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>What Nova takes a while for is done at once here.</remarks>
internal sealed partial class Nova
{
    private async Task ActAsync(HttpContext context, Token token, string id)
    {
        var server = Own(token, id);
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var action = body.RootElement.EnumerateObject().First().Name;
        if (action == "lock")
        {
            // Locks stop its owner alone, and nobody else acts here.
            context.Response.StatusCode = 202;
            return;
        }
        var (verb, from, to) = action switch
        {
            "os-stop" => ("stop", (string[])["ACTIVE", "ERROR"], "SHUTOFF"),
            "os-start" => ("start", (string[])["SHUTOFF"], "ACTIVE"),
            _ => throw NovaFault.BadRequest($"There is no such action: {action}"),
        };
        if (!from.Contains(server.Status))
        {
            throw new NovaFault(
                409,
                "conflictingRequest",
                $"Cannot '{verb}' instance {id} while it is in vm_state {ServerState.Of(server.Status).Vm}"
            );
        }
        world.Advance(server.Id, to, options.TimeProvider.GetUtcNow());
        context.Response.StatusCode = 202;
    }

    private Task DeleteServerAsync(HttpContext context, Token token, string id)
    {
        var server = Own(token, id);
        world.Advance(server.Id, "DELETED", options.TimeProvider.GetUtcNow());
        foreach (var volume in world.Volumes.Of(server.ProjectId).Where(v => v.Servers.Contains(id)).ToList())
        {
            var servers = volume.Servers.Where(attached => attached != id).ToList();
            world.Volumes.Put(
                volume with
                {
                    Servers = servers,
                    Status = servers.Count == 0 ? "available" : volume.Status,
                }
            );
        }
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private SandboxServer Own(Token token, string id) =>
        Guid.TryParse(id, out var wanted)
        && world.FindServer(wanted) is { Deleted: false } server
        && (token.IsAdmin || server.ProjectId == token.Project?.Id)
            ? server
            : throw NovaFault.NotFound($"Instance {id} could not be found.");
}
