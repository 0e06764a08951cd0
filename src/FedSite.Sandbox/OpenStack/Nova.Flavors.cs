using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Nova
{
    private delegate void FlavorWriter(
        Utf8JsonWriter json,
        SandboxFlavor flavor,
        int microversion,
        HttpRequest request
    );

    private Task FlavorsAsync(HttpContext context, Token token, int microversion, FlavorWriter write)
    {
        var query = context.Request.Query;
        var limit = ServerQuery.ParseLimit(query, options.MaxLimit);
        var flavors = world.Flavors.Where(Shown(query, token));
        if (query.TryGetValue("marker", out var marker))
        {
            var known = world.FindFlavor(marker[^1] ?? "") is { Removed: false };
            flavors = known
                ? flavors.Where(f => string.CompareOrdinal(f.Id, marker[^1]) > 0)
                : throw NovaFault.BadRequest($"marker [{marker[^1]}] not found");
        }
        var page = flavors.Take(limit).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("flavors");
                foreach (var flavor in page)
                {
                    write(json, flavor, microversion, context.Request);
                }
                json.WriteEndArray();
                if (page.Count > 0 && page.Count == limit)
                {
                    NextLink(json, "flavors_links", context.Request, page[^1].Id);
                }
                json.WriteEndObject();
            }
        );
    }

    /// <summary>
    /// Public ones and those that the project has access to. Only to admins <c>is_public</c> means something: <c>None</c>
    /// shows all.
    /// </summary>
    private static Func<SandboxFlavor, bool> Shown(IQueryCollection query, Token token)
    {
        bool Usable(SandboxFlavor flavor) =>
            !flavor.Removed && (flavor.IsPublic || flavor.Access.Contains(token.Project?.Id));
        if (!token.IsAdmin)
        {
            return flavor => Usable(flavor) && !flavor.Disabled;
        }
        string? wanted = query["is_public"];
        return wanted?.ToLowerInvariant() switch
        {
            null or "1" or "t" or "true" or "on" or "y" or "yes" => Usable,
            "none" => flavor => !flavor.Removed,
            "0" or "f" or "false" or "off" or "n" or "no" => flavor => !flavor.Removed && !flavor.IsPublic,
            _ => throw NovaFault.BadRequest($"Invalid is_public filter [{wanted}]"),
        };
    }

    private Task FlavorAsync(HttpContext context, Token token, int microversion, string id)
    {
        var flavor = Listed(id, token);
        return Answers.JsonAsync(
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

    private Task ExtraSpecsAsync(HttpContext context, Token token, string id)
    {
        var flavor = Listed(id, token);
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                Specs(json, flavor);
                json.WriteEndObject();
            }
        );
    }

    private SandboxFlavor Listed(string id, Token token) =>
        token.Scope == ScopeKind.Unscoped ? throw new NovaFault(403, "forbidden", "Forbidden")
        : world.FindFlavor(id) is { Removed: false } flavor
        && (flavor.IsPublic || token.IsAdmin || flavor.Access.Contains(token.Project?.Id))
            ? flavor
        : throw NovaFault.NotFound($"Flavor {id} could not be found.");

    private static void Specs(Utf8JsonWriter json, SandboxFlavor flavor)
    {
        json.WriteStartObject("extra_specs");
        foreach (var (key, value) in flavor.ExtraSpecs)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    private static void Flavor(Utf8JsonWriter json, SandboxFlavor flavor, int microversion, HttpRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id", flavor.Id);
        json.WriteString("name", flavor.Name);
        json.WriteNumber("ram", flavor.Ram);
        json.WriteNumber("disk", flavor.Disk);
        // Before 2.75 no swap is an empty text.
        if (flavor.Swap == 0 && microversion < 75)
        {
            json.WriteString("swap", "");
        }
        else
        {
            json.WriteNumber("swap", flavor.Swap);
        }
        json.WriteNumber("OS-FLV-EXT-DATA:ephemeral", flavor.Ephemeral);
        json.WriteBoolean("OS-FLV-DISABLED:disabled", flavor.Disabled);
        json.WriteNumber("vcpus", flavor.Vcpus);
        json.WriteBoolean("os-flavor-access:is_public", flavor.IsPublic);
        json.WriteNumber("rxtx_factor", 1.0);
        FlavorLinks(json, flavor, request);
        if (microversion >= 55)
        {
            json.WriteNull("description");
        }
        if (microversion >= 61)
        {
            Specs(json, flavor);
        }
        json.WriteEndObject();
    }

    private static void BriefFlavor(Utf8JsonWriter json, SandboxFlavor flavor, int microversion, HttpRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id", flavor.Id);
        json.WriteString("name", flavor.Name);
        FlavorLinks(json, flavor, request);
        if (microversion >= 55)
        {
            json.WriteNull("description");
        }
        json.WriteEndObject();
    }

    private static void FlavorLinks(Utf8JsonWriter json, SandboxFlavor flavor, HttpRequest request)
    {
        var origin = Answers.Origin(request);
        json.WriteStartArray("links");
        foreach (var (rel, folder) in new[] { ("self", "v2.1/flavors"), ("bookmark", "flavors") })
        {
            json.WriteStartObject();
            json.WriteString("rel", rel);
            json.WriteString("href", $"{origin}/{folder}/{flavor.Id}");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
