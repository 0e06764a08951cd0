using System.Text.Json;
using System.Text.RegularExpressions;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>What admins do with flavors: make and delete them, give access, set extra specs.</summary>
internal sealed partial class Nova
{
    /// <summary>The first microversion that looks at values of extra specs.</summary>
    private const int ChecksExtraSpecs = 86;

    private const string AliasForm = @"[^:]+:\d+(?:\s*,\s*[^:]+:\d+)*";

    private static readonly string[] ResourceClasses =
    [
        "VCPU",
        "MEMORY_MB",
        "DISK_GB",
        "PCI_DEVICE",
        "VGPU",
        "VGPU_DISPLAY_HEAD",
        "FPGA",
        "PCPU",
        "PGPU",
    ];

    private Task FlavorAdminAsync(HttpContext context, Token token, int microversion, string method, string[] path) =>
        (method, path) switch
        {
            ("POST", []) => MakeFlavorAsync(context, token, microversion),
            ("DELETE", [var id]) => DeleteFlavorAsync(context, token, id),
            ("GET", [var id, "os-flavor-access"]) => FlavorAccessAsync(context, token, id),
            ("POST", [var id, "action"]) => FlavorActionAsync(context, token, id),
            ("POST", [var id, "os-extra_specs"]) => SetExtraSpecsAsync(context, token, microversion, id),
            ("DELETE", [var id, "os-extra_specs", var key]) => DeleteExtraSpecAsync(context, token, id, key),
            _ => NotRoutedAsync(context),
        };

    private async Task MakeFlavorAsync(HttpContext context, Token token, int microversion)
    {
        RequireAdmin(token, "os-flavor-manage:create");
        using var body = await ReadJsonAsync(context);
        var given = body.RootElement.GetProperty("flavor");
        var name = given.GetProperty("name").GetString()!;
        if (world.Flavors.Any(other => other.Name == name && !other.Removed))
        {
            throw NovaFault.Conflict($"Flavor with name {name} already exists.");
        }
        var flavor = new SandboxFlavor
        {
            Id = Guid.CreateVersion7().ToString(),
            Name = name,
            Vcpus = given.GetProperty("vcpus").GetInt32(),
            Ram = given.GetProperty("ram").GetInt32(),
            Disk = given.GetProperty("disk").GetInt32(),
            IsPublic = !given.TryGetProperty("os-flavor-access:is_public", out var isPublic) || isPublic.GetBoolean(),
        };
        world.Put(flavor);
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("flavor");
                Flavor(json, flavor, microversion, context.Request);
                json.WriteEndObject();
            }
        );
    }

    private Task DeleteFlavorAsync(HttpContext context, Token token, string id)
    {
        RequireAdmin(token, "os-flavor-manage:delete");
        world.Remove(Listed(id, token));
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private Task FlavorAccessAsync(HttpContext context, Token token, string id)
    {
        var flavor = Listed(id, token);
        RequireAdmin(token, "os-flavor-access");
        return flavor.IsPublic
            ? throw NovaFault.NotFound("Access list not available for public flavors.")
            : AccessAsync(context, flavor);
    }

    private static Task AccessAsync(HttpContext context, SandboxFlavor flavor) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("flavor_access");
                foreach (var project in flavor.Access)
                {
                    json.WriteStartObject();
                    json.WriteString("flavor_id", flavor.Id);
                    json.WriteString("tenant_id", project);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private async Task FlavorActionAsync(HttpContext context, Token token, string id)
    {
        using var body = await ReadJsonAsync(context);
        var action = body.RootElement.EnumerateObject().First();
        var isAdding = action.Name == "addTenantAccess";
        if (!isAdding && action.Name != "removeTenantAccess")
        {
            throw NovaFault.BadRequest($"There is no such action: {action.Name}");
        }
        RequireAdmin(token, $"os-flavor-access:{(isAdding ? "add" : "remove")}_tenant_access");
        var project = action.Value.GetProperty("tenant").GetString()!;
        Listed(id, token);
        var flavor = world.ChangeFlavor(
            id,
            before => isAdding ? WithAccess(before, project) : Without(before, project)
        );
        await AccessAsync(context, flavor!);
    }

    private SandboxFlavor WithAccess(SandboxFlavor flavor, string project) =>
        world.FindProject(project) is null ? throw NovaFault.BadRequest($"Project ID {project} is not a valid project.")
        : flavor.IsPublic ? throw NovaFault.Conflict("Can not add access to a public flavor.")
        : flavor.Access.Contains(project)
            ? throw NovaFault.Conflict(
                $"Flavor access already exists for flavor {flavor.Id} and project {project} combination."
            )
        : flavor with { Access = [.. flavor.Access, project] };

    private static SandboxFlavor Without(SandboxFlavor flavor, string project) =>
        flavor.Access.Contains(project)
            ? flavor with
            {
                Access = [.. flavor.Access.Where(other => other != project)],
            }
            : throw NovaFault.NotFound($"Flavor access not found for {flavor.Id} / {project} combination.");

    private async Task SetExtraSpecsAsync(HttpContext context, Token token, int microversion, string id)
    {
        RequireAdmin(token, "os-flavor-extra-specs:create");
        using var body = await ReadJsonAsync(context);
        var specs = body
            .RootElement.GetProperty("extra_specs")
            .EnumerateObject()
            .ToDictionary(spec => spec.Name, spec => spec.Value.ToString(), StringComparer.Ordinal);
        foreach (var (key, value) in specs)
        {
            if (!KeyForm().IsMatch(key))
            {
                throw NovaFault.BadRequest($"Invalid input for field/attribute extra_specs. '{key}' does not match.");
            }
            if (microversion >= ChecksExtraSpecs && SpecFault(key, value) is { } fault)
            {
                throw NovaFault.BadRequest($"Validation failed; {fault}");
            }
        }
        Listed(id, token);
        world.ChangeFlavor(
            id,
            before =>
            {
                var after = new Dictionary<string, string>(before.ExtraSpecs, StringComparer.Ordinal);
                foreach (var (key, value) in specs)
                {
                    after[key] = value;
                }
                return before with { ExtraSpecs = after };
            }
        );
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("extra_specs");
                foreach (var (key, value) in specs)
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private Task DeleteExtraSpecAsync(HttpContext context, Token token, string id, string key)
    {
        RequireAdmin(token, "os-flavor-extra-specs:delete");
        Listed(id, token);
        world.ChangeFlavor(
            id,
            before =>
                before.ExtraSpecs.ContainsKey(key)
                    ? before with
                    {
                        ExtraSpecs = before
                            .ExtraSpecs.Where(spec => spec.Key != key)
                            .ToDictionary(StringComparer.Ordinal),
                    }
                    : throw NovaFault.NotFound($"Flavor {id} has no extra specs with key {key}.")
        );
        return Task.CompletedTask;
    }

    private static string? SpecFault(string key, string value) =>
        key switch
        {
            "pci_passthrough:alias" => AliasPattern().IsMatch(value)
                ? null
                : $"'{value}' is not of the format '{AliasForm}'.",
            _ when !key.StartsWith("resources:", StringComparison.Ordinal) => null,
            _ when !IsResourceClass(key["resources:".Length..]) =>
                $"extra spec '{key}' does not appear to be a valid extra spec.",
            _ => int.TryParse(value, out _) ? null : $"'{value}' is not a valid integer value.",
        };

    private static bool IsResourceClass(string name) =>
        name.StartsWith("CUSTOM_", StringComparison.Ordinal) || ResourceClasses.Contains(name);

    private static void RequireAdmin(Token token, string action)
    {
        if (!token.IsAdmin)
        {
            throw NovaFault.Forbidden($"Policy doesn't allow os_compute_api:{action} to be performed.");
        }
    }

    private static async Task<JsonDocument> ReadJsonAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException)
        {
            throw NovaFault.BadRequest("Malformed request body");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9-_:. ]{1,255}$", RegexOptions.None, 1000)]
    private static partial Regex KeyForm();

    [GeneratedRegex($"^{AliasForm}$", RegexOptions.None, 1000)]
    private static partial Regex AliasPattern();
}
