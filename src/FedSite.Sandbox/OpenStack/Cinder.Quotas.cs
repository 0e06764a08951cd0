using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Cinder
{
    private static readonly string[] Settable =
    [
        "volumes",
        "per_volume_gigabytes",
        "snapshots",
        "gigabytes",
        "backups",
        "backup_gigabytes",
        "groups",
    ];

    /// <summary>Of projects that have no limit of their own.</summary>
    private static readonly Dictionary<string, long> Defaults = new()
    {
        ["volumes"] = 100,
        ["snapshots"] = 10,
        ["gigabytes"] = 10_000,
    };

    /// <summary>
    /// Also for projects that do not exist; below what is used only where the project has no limit of its own so far.
    /// </summary>
    private async Task SetQuotasAsync(HttpContext context, string project, string target)
    {
        if (!TokenFor(context, project).IsAdmin)
        {
            throw new CinderFault(403, "Policy doesn't allow volume_extension:quotas:update to be performed.");
        }
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var quotas = new Dictionary<string, long>();
        foreach (var property in body.RootElement.GetProperty("quota_set").EnumerateObject())
        {
            if (!Settable.Contains(property.Name))
            {
                throw new CinderFault(400, $"Invalid input received: Bad key(s) in quota set: {property.Name}");
            }
            var limit = property.Value.GetInt64();
            quotas[property.Name] = limit >= -1 ? limit : throw new CinderFault(400, $"{property.Name} must be >= -1");
        }
        foreach (var (name, limit) in quotas)
        {
            var used = name switch
            {
                "volumes" => Volumes(target),
                "gigabytes" => Gigabytes(target),
                "snapshots" => Snapshots(target),
                _ => 0,
            };
            if (limit >= 0 && limit < used && world.FindProject(target)?.Quotas.ContainsKey(name) == true)
            {
                throw new CinderFault(
                    400,
                    $"Quota {name} limit must be equal or greater than existing resources. Current usage is {used} and the requested limit is {limit}."
                );
            }
        }
        world.SetQuotas(target, quotas);
        await QuotasAsync(context, project, target);
    }

    private Task PoolsAsync(HttpContext context, string project)
    {
        if (!TokenFor(context, project).IsAdmin)
        {
            throw new CinderFault(
                403,
                "Policy doesn't allow scheduler_extension:scheduler_stats:get_pools to be performed."
            );
        }
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("pools");
                json.WriteStartObject();
                json.WriteString("name", "volume1@ceph#ceph");
                json.WriteStartObject("capabilities");
                json.WriteNumber("total_capacity_gb", 500_000.5);
                json.WriteNumber("free_capacity_gb", 400_000.25);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }
}
