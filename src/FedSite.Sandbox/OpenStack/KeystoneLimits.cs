using System.Text.Json;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenStack;

/// <summary><c>/v3/registered_limits</c> for reading, and <c>/v3/limits</c> of projects.</summary>
internal sealed class KeystoneLimits(CloudWorld world, KeystoneJson shapes)
{
    private const long Most = int.MaxValue;

    public KeystoneAnswer? Answer(KeystoneCall call) =>
        (call.Method, call.Path) switch
        {
            ("GET", ["registered_limits"]) => Registered(call),
            ("GET", ["limits"]) => List(call),
            ("POST", ["limits"]) => Create(call),
            ("PATCH", ["limits", var id]) => Change(call, id),
            ("DELETE", ["limits", var id]) => Remove(call, id),
            _ => null,
        };

    private KeystoneAnswer Registered(KeystoneCall call)
    {
        _ = call.Caller;
        var found = world.RegisteredLimits.Where(limit =>
            Same(call, "service_id", limit.ServiceId)
            && Same(call, "region_id", limit.RegionId)
            && Same(call, "resource_name", limit.Resource)
        );
        return shapes.List(call, "registered_limits", found, Write);
    }

    /// <summary>All of them in the scope of the system alone; in that of a project those of the project, whoever asks.</summary>
    private KeystoneAnswer List(KeystoneCall call)
    {
        var caller = call.Caller;
        var found = world.Limits.Where(limit =>
            Same(call, "service_id", limit.ServiceId)
            && Same(call, "region_id", limit.RegionId)
            && Same(call, "resource_name", limit.Resource)
            && Same(call, "project_id", limit.ProjectId)
            && caller.Scope switch
            {
                ScopeKind.System => true,
                ScopeKind.Domain => world.FindProject(limit.ProjectId)?.DomainId == caller.Domain?.Id,
                _ => limit.ProjectId == caller.Project?.Id,
            }
        );
        return shapes.List(call, "limits", found, Write);
    }

    private KeystoneAnswer Create(KeystoneCall call)
    {
        call.NeedAdmin("create_limits");
        var made = new List<SandboxLimit>();
        var limits =
            call.Body.TryGetProperty("limits", out var given) && given.ValueKind == JsonValueKind.Array
                ? given
                : throw new KeystoneFault(400, "{} is not of type 'array'");
        foreach (var body in limits.EnumerateArray())
        {
            var limit = new SandboxLimit
            {
                Id = world.NewId(),
                ProjectId = KeystoneBody.Text(body, "project_id", "")!,
                ServiceId = KeystoneBody.Text(body, "service_id", "")!,
                RegionId = KeystoneBody.Text(body, "region_id", null),
                Resource = KeystoneBody.Text(body, "resource_name", "")!,
                Limit = Number(body),
            };
            if (world.FindRegistered(limit.ServiceId, limit.RegionId, limit.Resource) is null)
            {
                throw new KeystoneFault(403, "Unable to create a limit that has no corresponding registered limit.");
            }
            if (world.Limits.Concat(made).Any(other => IsSame(other, limit)))
            {
                throw KeystoneFault.Conflict("limit", "Duplicate entry.");
            }
            made.Add(limit);
        }
        made.ForEach(world.Put);
        return new KeystoneAnswer(
            201,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("limits");
                made.ForEach(limit => Write(json, limit));
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    private KeystoneAnswer Change(KeystoneCall call, string id)
    {
        call.NeedAdmin("update_limit");
        var limit = Find(id);
        // As in Keystone, 0 changes nothing.
        if (Number(call.Member("limit")) is var number and not 0)
        {
            limit = limit with { Limit = number };
        }
        world.Put(limit);
        return KeystoneAnswer.One(200, "limit", json => Write(json, limit));
    }

    private KeystoneAnswer Remove(KeystoneCall call, string id)
    {
        call.NeedAdmin("delete_limit");
        world.RemoveLimit(Find(id).Id);
        return KeystoneAnswer.Done;
    }

    private SandboxLimit Find(string id) =>
        world.FindLimit(id) ?? throw new KeystoneFault(404, $"Could not find limit for {id}.");

    private static bool Same(KeystoneCall call, string filter, string? value) =>
        call.Filter(filter) is not { } wanted || wanted == value;

    private static bool IsSame(SandboxLimit one, SandboxLimit other) =>
        one.ProjectId == other.ProjectId
        && one.ServiceId == other.ServiceId
        && one.RegionId == other.RegionId
        && one.Resource == other.Resource;

    private static long Number(JsonElement body) =>
        !body.TryGetProperty("resource_limit", out var value)
        || value.ValueKind != JsonValueKind.Number
        || !value.TryGetInt64(out var number)
            ? throw new KeystoneFault(400, "Invalid input for field 'resource_limit': it is not of type 'integer'")
        : number < -1
            ? throw new KeystoneFault(
                400,
                $"Invalid input for field 'resource_limit': {number} is less than the minimum of -1"
            )
        : number > Most
            ? throw new KeystoneFault(
                400,
                $"Invalid input for field 'resource_limit': {number} is greater than the maximum of {Most}"
            )
        : number;

    private void Write(Utf8JsonWriter json, SandboxRegisteredLimit limit)
    {
        json.WriteStartObject();
        json.WriteString("id", limit.Id);
        json.WriteString("service_id", limit.ServiceId);
        json.WriteString("region_id", limit.RegionId);
        json.WriteString("resource_name", limit.Resource);
        json.WriteNumber("default_limit", limit.Default);
        json.WriteNull("description");
        shapes.Links(json, $"registered_limits/{limit.Id}");
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, SandboxLimit limit)
    {
        json.WriteStartObject();
        json.WriteString("id", limit.Id);
        json.WriteString("project_id", limit.ProjectId);
        json.WriteNull("domain_id");
        json.WriteNumber("resource_limit", limit.Limit);
        json.WriteNull("description");
        json.WriteString("service_id", limit.ServiceId);
        json.WriteString("region_id", limit.RegionId);
        json.WriteString("resource_name", limit.Resource);
        shapes.Links(json, $"limits/{limit.Id}");
        json.WriteEndObject();
    }
}
