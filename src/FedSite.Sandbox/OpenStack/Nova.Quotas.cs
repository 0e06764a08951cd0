using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Nova
{
    /// <summary>The first microversion without the quota; 0: all have it.</summary>
    private static readonly (string Name, long Limit, int GoneBy)[] Quotas =
    [
        ("cores", 1000, 0),
        ("fixed_ips", -1, 36),
        ("floating_ips", -1, 36),
        ("injected_file_content_bytes", 10240, 57),
        ("injected_file_path_bytes", 255, 57),
        ("injected_files", 5, 57),
        ("instances", 200, 0),
        ("key_pairs", 100, 0),
        ("metadata_items", 128, 0),
        ("ram", 4_000_000, 0),
        ("security_group_rules", -1, 36),
        ("security_groups", -1, 36),
        ("server_group_members", 10, 0),
        ("server_groups", 10, 0),
    ];

    private Task QuotasAsync(HttpContext context, Token token, int microversion, string projectId, bool detail)
    {
        if (projectId != token.Project?.Id && !token.IsAdmin)
        {
            throw NovaFault.Forbidden(
                $"Policy doesn't allow os_compute_api:os-quota-sets:{(detail ? "detail" : "show")} to be performed."
            );
        }
        var project =
            world.FindProject(projectId)
            ?? throw NovaFault.BadRequest($"Project ID {projectId} is not a valid project.");
        var used = detail ? Use(projectId) : [];
        var quotas = new QuotaJson(
            options.ComputeUnifiedLimits ? project with { Quotas = UnifiedLimits(projectId) } : project,
            detail ? "in_use" : null
        );
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("quota_set");
                json.WriteString("id", projectId);
                foreach (var (name, limit, goneBy) in Quotas)
                {
                    if (goneBy == 0 || microversion < goneBy)
                    {
                        quotas.Write(json, name, limit, used.GetValueOrDefault(name));
                    }
                }
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    /// <summary>Its names for what Keystone limits; all others of old are gone from Nova then.</summary>
    private Dictionary<string, long> UnifiedLimits(string projectId) =>
        new()
        {
            ["instances"] = world.LimitOf("compute", projectId, "servers"),
            ["cores"] = world.LimitOf("compute", projectId, "class:VCPU"),
            ["ram"] = world.LimitOf("compute", projectId, "class:MEMORY_MB"),
            ["key_pairs"] = world.LimitOf("compute", projectId: null, "server_key_pairs"),
            ["server_groups"] = world.LimitOf("compute", projectId: null, "server_groups"),
        };

    private async Task SetQuotasAsync(HttpContext context, Token token, int microversion, string projectId)
    {
        if (!token.IsAdmin)
        {
            throw NovaFault.Forbidden("Policy doesn't allow os_compute_api:os-quota-sets:update to be performed.");
        }
        if (world.FindProject(projectId) is null)
        {
            throw NovaFault.BadRequest($"Project ID {projectId} is not a valid project.");
        }
        var (quotas, force) = await QuotasOfAsync(context);
        var used = Use(projectId);
        foreach (var (name, limit) in options.ComputeUnifiedLimits || force ? [] : quotas)
        {
            if (limit >= 0 && limit < used.GetValueOrDefault(name))
            {
                throw NovaFault.BadRequest(
                    $"Quota limit {limit} for {name} must be greater than or equal to already used and reserved {used[name]}."
                );
            }
        }
        if (!options.ComputeUnifiedLimits)
        {
            world.SetQuotas(projectId, quotas);
        }
        await QuotasAsync(context, token, microversion, projectId, detail: false);
    }

    private static async Task<(Dictionary<string, long> Quotas, bool Force)> QuotasOfAsync(HttpContext context)
    {
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var quotas = new Dictionary<string, long>();
        var force = false;
        foreach (var property in body.RootElement.GetProperty("quota_set").EnumerateObject())
        {
            if (property.Name == "force")
            {
                force = property.Value.GetBoolean();
                continue;
            }
            if (!Quotas.Any(quota => quota.Name == property.Name))
            {
                throw NovaFault.BadRequest(
                    $"Invalid input for field/attribute quota_set. Additional properties are not allowed ('{property.Name}' was unexpected)"
                );
            }
            var limit = property.Value.GetInt64();
            quotas[property.Name] = limit is >= -1 and <= int.MaxValue
                ? limit
                : throw NovaFault.BadRequest($"Invalid input for field/attribute {property.Name}. Value: {limit}.");
        }
        return (quotas, force);
    }

    private static Task StatisticsAsync(HttpContext context, Token token, int microversion)
    {
        if (!token.IsAdmin)
        {
            throw NovaFault.Forbidden("Policy doesn't allow os_compute_api:os-hypervisors:statistics to be performed.");
        }
        if (microversion >= 88)
        {
            throw NovaFault.NotFound("The resource could not be found.");
        }
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("hypervisor_statistics");
                json.WriteNumber("count", 10);
                json.WriteNumber("vcpus", 1280);
                json.WriteNumber("memory_mb", 5_242_880);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    /// <summary>Servers count in whatever state, shelved and failed ones too.</summary>
    private Dictionary<string, long> Use(string projectId)
    {
        long servers = 0,
            cores = 0,
            ram = 0,
            disk = 0;
        foreach (var server in world.List(projectId, null, status => status is not ("DELETED" or "SOFT_DELETED"), null))
        {
            var flavor = world.FindFlavor(server.FlavorId);
            servers++;
            cores += flavor?.Vcpus ?? 0;
            ram += flavor?.Ram ?? 0;
            disk += flavor?.Disk + flavor?.Ephemeral ?? 0;
        }
        return new()
        {
            ["instances"] = servers,
            ["cores"] = cores,
            ["ram"] = ram,
            ["disk"] = disk,
        };
    }
}
