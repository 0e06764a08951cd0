using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>The parameters of a server listing, checked the way Nova checks them.</summary>
internal sealed record ServerQuery
{
    private static readonly string[] TimeForms =
    [
        "yyyy-MM-dd",
        "yyyyMMdd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFK",
        "yyyyMMdd'T'HHmmss.FFFFFFK",
        "yyyyMMdd'T'HHmmssK",
    ];

    // From 2.75 on a parameter that is none of these is refused.
    private static readonly HashSet<string> Parameters = new(StringComparer.Ordinal)
    {
        "access_ip_v4",
        "access_ip_v6",
        "all_tenants",
        "auto_disk_config",
        "availability_zone",
        "changes-before",
        "changes-since",
        "config_drive",
        "created_at",
        "deleted",
        "description",
        "display_description",
        "display_name",
        "flavor",
        "host",
        "hostname",
        "image",
        "image_ref",
        "ip",
        "ip6",
        "key_name",
        "launched_at",
        "limit",
        "locked",
        "locked_by",
        "marker",
        "name",
        "node",
        "not-tags",
        "not-tags-any",
        "power_state",
        "progress",
        "project_id",
        "reservation_id",
        "root_device_name",
        "soft_deleted",
        "sort_dir",
        "sort_key",
        "status",
        "tags",
        "tags-any",
        "task_state",
        "tenant_id",
        "terminated_at",
        "user_id",
        "uuid",
        "vm_state",
    };

    public required int Limit { get; init; }
    public Guid? Marker { get; init; }
    public DateTimeOffset? ChangesSince { get; init; }
    public bool AllTenants { get; init; }
    public string? ProjectId { get; init; }
    public string? Name { get; init; }

    /// <summary>Id of the image that it was made from.</summary>
    public string? Image { get; init; }

    /// <summary>Null: any.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>Null: deleted and live ones.</summary>
    public bool? Deleted { get; init; }

    /// <summary>True when nothing can match.</summary>
    public bool Empty { get; init; }

    public static ServerQuery Of(IQueryCollection query, int microversion, int maxLimit, bool admin, bool detail)
    {
        if (microversion >= 75 && query.Keys.FirstOrDefault(k => !Parameters.Contains(k)) is { } unknown)
        {
            throw NovaFault.BadRequest($"'{unknown}' does not match any of the regexes: '^_'");
        }
        CheckOrder(query);
        if (admin && query.Keys.FirstOrDefault(k => k.StartsWith('_')) is { } hidden)
        {
            throw NovaFault.BadRequest($"Invalid filter field: {hidden}.");
        }
        var since = query.TryGetValue("changes-since", out var text)
            ? ParseTime(text[^1] ?? "")
            : (DateTimeOffset?)null;
        var statuses = query.TryGetValue("status", out var wanted)
            ? wanted.Select(s => (s ?? "").ToUpperInvariant()).ToList()
            : null;
        var empty = false;
        if (statuses is not null && !statuses.Any(ServerState.IsKnown))
        {
            empty = microversion < 38 ? true : throw NovaFault.BadRequest("Invalid status value");
        }
        var deleted = since is null ? false : (bool?)null;
        if (admin && query.TryGetValue("deleted", out var asked))
        {
            deleted = IsTrue(asked[^1]);
        }
        if (statuses is ["DELETED"])
        {
            deleted = admin ? true : throw NovaFault.Forbidden("Only administrators may list deleted instances");
        }
        var all = query.TryGetValue("all_tenants", out var tenants) && ParseAllTenants(tenants[^1] ?? "");
        if (all && !admin)
        {
            throw NovaFault.Forbidden(
                $"Policy doesn't allow os_compute_api:servers:{(detail ? "detail" : "index")}:get_all_tenants to be performed."
            );
        }
        return new ServerQuery
        {
            Limit = ParseLimit(query, maxLimit),
            Marker = ParseMarker(query),
            ChangesSince = since,
            AllTenants = all,
            ProjectId = all ? (string?)query["project_id"] ?? query["tenant_id"] : null,
            Name = query["name"],
            Image = (string?)query["image"] ?? query["image_ref"],
            Statuses = statuses,
            Deleted = deleted,
            Empty = empty,
        };
    }

    public bool Accepts(string status)
    {
        if (Deleted is { } deleted && deleted != (status == "DELETED"))
        {
            return false;
        }
        return Statuses is null || Statuses.Contains(status);
    }

    public static int ParseLimit(IQueryCollection query, int maxLimit)
    {
        if (!query.TryGetValue("limit", out var values))
        {
            return maxLimit;
        }
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value))
            {
                throw NovaFault.BadParameter("limit", "", "'' is too short");
            }
            if (!value.All(char.IsAsciiDigit))
            {
                throw NovaFault.BadParameter("limit", value, $"'{value}' does not match '^[0-9]*$'");
            }
        }
        return int.TryParse(values[^1], CultureInfo.InvariantCulture, out var limit)
            ? Math.Min(limit, maxLimit)
            : maxLimit;
    }

    private static void CheckOrder(IQueryCollection query)
    {
        string? key = query["sort_key"];
        string? direction = query["sort_dir"];
        if (direction is not (null or "asc" or "desc"))
        {
            throw NovaFault.BadRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'");
        }
        if (key is not (null or "created_at") || direction == "asc")
        {
            throw new NovaFault(501, "notImplemented", "The sandbox lists servers newest first alone.");
        }
    }

    private static Guid? ParseMarker(IQueryCollection query)
    {
        if (!query.TryGetValue("marker", out var values) || string.IsNullOrEmpty(values[^1]))
        {
            return null;
        }
        return Guid.TryParse(values[^1], out var marker)
            ? marker
            : throw NovaFault.BadRequest($"marker [{values[^1]}] not found");
    }

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            TimeForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw NovaFault.BadParameter("changes-since", text, $"'{text}' is not a 'date-time'");

    private static bool ParseAllTenants(string text) =>
        text.ToLowerInvariant() switch
        {
            "" or "1" or "t" or "true" or "on" or "y" or "yes" => true,
            "0" or "f" or "false" or "off" or "n" or "no" => false,
            _ => throw NovaFault.BadRequest(
                $"Unrecognized value '{text}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', "
                    + "'on', 't', 'true', 'y', 'yes'"
            ),
        };

    private static bool IsTrue(string? text) =>
        text?.ToLowerInvariant() is "1" or "t" or "true" or "on" or "y" or "yes";
}
