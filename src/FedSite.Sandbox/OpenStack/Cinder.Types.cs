using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Cinder
{
    private Task TypesAsync(HttpContext context, string project)
    {
        var token = TokenFor(context, project);
        var query = context.Request.Query;
        var limit = Math.Min(Number(query, "limit") ?? options.MaxLimit, options.MaxLimit);
        string? marker = query["marker"];
        var types = world.VolumeTypes.Where(type => Shows(type, token, query["is_public"]));
        // A marker that is not known begins anew.
        if (world.VolumeTypes.Any(type => type.Id == marker))
        {
            types = types.Where(type => string.CompareOrdinal(type.Id, marker) > 0);
        }
        var page = types.Take(limit).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("volume_types");
                page.ForEach(type => WriteType(json, type, token));
                json.WriteEndArray();
                if (page.Count == limit && page.Count > 0)
                {
                    Answers.Link(json, "volume_type_links", "next", Next(context.Request, page[^1].Id));
                }
                json.WriteEndObject();
            }
        );
    }

    private static bool Shows(SandboxVolumeType type, Token token, string? isPublic) =>
        token.IsAdmin && string.Equals(isPublic, "none", StringComparison.OrdinalIgnoreCase)
        || type.IsPublic
        || type.Access.Contains(token.Project?.Id);

    private static void WriteType(Utf8JsonWriter json, SandboxVolumeType type, Token token)
    {
        json.WriteStartObject();
        json.WriteString("id", type.Id);
        json.WriteString("name", type.Name);
        json.WriteBoolean("is_public", type.IsPublic);
        json.WriteNull("description");
        json.WriteStartObject("extra_specs");
        json.WriteEndObject();
        if (token.IsAdmin)
        {
            json.WriteNull("qos_specs_id");
        }
        json.WriteBoolean("os-volume-type-access:is_public", type.IsPublic);
        json.WriteEndObject();
    }

    private Task QuotasAsync(HttpContext context, string project, string target)
    {
        var token = TokenFor(context, project);
        if (target != project && !token.IsAdmin)
        {
            throw new CinderFault(403, "Policy doesn't allow volume_extension:quotas:show to be performed.");
        }
        var quotas = new QuotaJson(
            world.FindProject(target),
            Boolean(context.Request.Query, "usage") ? "in_use" : null
        );
        var volumes = Charged(target).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("quota_set");
                quotas.Write(json, "volumes", Defaults["volumes"], volumes.Count);
                quotas.Write(json, "per_volume_gigabytes", -1);
                quotas.Write(json, "snapshots", Defaults["snapshots"], Snapshots(target));
                quotas.Write(json, "gigabytes", Defaults["gigabytes"], Gigabytes(target));
                quotas.Write(json, "backups", 10);
                quotas.Write(json, "backup_gigabytes", 1000);
                // Of all types, private ones of other projects too.
                foreach (var type in world.VolumeTypes)
                {
                    var ofType = volumes.Where(v => v.VolumeType == type.Name).ToList();
                    quotas.Write(json, $"volumes_{type.Name}", -1, ofType.Count);
                    quotas.Write(json, $"gigabytes_{type.Name}", -1, ofType.Sum(v => v.SizeGiB));
                    quotas.Write(json, $"snapshots_{type.Name}", -1);
                }
                quotas.Write(json, "groups", 10);
                json.WriteString("id", target);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }
}
