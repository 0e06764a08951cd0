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
        var quotas = new QuotaJson(project, detail ? "in_use" : null);
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

    /// <summary>Servers count in whatever state, shelved and failed ones too.</summary>
    private Dictionary<string, long> Use(string projectId)
    {
        long servers = 0,
            cores = 0,
            ram = 0;
        foreach (var server in world.List(projectId, null, status => status is not ("DELETED" or "SOFT_DELETED"), null))
        {
            var flavor = world.FindFlavor(server.FlavorId);
            servers++;
            cores += flavor?.Vcpus ?? 0;
            ram += flavor?.Ram ?? 0;
        }
        return new()
        {
            ["instances"] = servers,
            ["cores"] = cores,
            ["ram"] = ram,
        };
    }
}
