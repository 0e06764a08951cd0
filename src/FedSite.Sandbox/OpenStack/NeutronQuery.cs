using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed class NeutronFault(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;
    public string Type { get; } = type;
}

/// <summary>What a client asks of a list: page, filters, and which attributes to show.</summary>
internal sealed class NeutronQuery
{
    private static readonly string[] Paging = ["limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"];
    private static readonly string[] Truths = ["true", "1"];
    private static readonly string[] Lies = ["false", "0"];
    private readonly List<(string Name, string[] Values)> _filters = [];
    private readonly string[] _fields;

    /// <param name="query">The query of the request.</param>
    /// <param name="filters">Attributes that the kind of thing can be filtered by.</param>
    public NeutronQuery(IQueryCollection query, string[] filters)
    {
        var unknown = query.Keys.Where(k => !Paging.Contains(k) && !filters.Contains(k)).ToList();
        if (unknown.Count > 0)
        {
            var listed = string.Join(", ", unknown.Select(k => $"'{k}'"));
            throw new NeutronFault(400, "HTTPBadRequest", $"[{listed}] is invalid attribute for filtering");
        }
        foreach (var filter in filters)
        {
            if (!query.TryGetValue(filter, out var values))
            {
                continue;
            }
            if (filter is "project_id" or "tenant_id")
            {
                Projects = [.. values.OfType<string>()];
            }
            else
            {
                _filters.Add((filter, [.. values.OfType<string>()]));
            }
        }
        _fields = [.. query["fields"].OfType<string>()];
        Limit = query.TryGetValue("limit", out var limit) ? ParseLimit(limit[^1]) : null;
        Marker = Limit is null ? null : query["marker"].LastOrDefault();
    }

    /// <summary>Null: of whatever project.</summary>
    public string[]? Projects { get; }

    /// <summary>Null without a limit, too.</summary>
    public string? Marker { get; }

    /// <summary>Null: everything in one answer.</summary>
    public int? Limit { get; }

    /// <summary>The thing as far as it is asked for; null when a filter leaves it out.</summary>
    public JsonElement? Select(Action<Utf8JsonWriter> write)
    {
        var whole = Json(write);
        if (!_filters.TrueForAll(f => Has(whole, f.Name, f.Values)))
        {
            return null;
        }
        return _fields.Length == 0
            ? whole
            : Json(json =>
            {
                json.WriteStartObject();
                foreach (var property in whole.EnumerateObject().Where(p => _fields.Contains(p.Name)))
                {
                    property.WriteTo(json);
                }
                json.WriteEndObject();
            });
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static bool Has(JsonElement thing, string name, string[] values)
    {
        if (!thing.TryGetProperty(name, out var value))
        {
            return false;
        }
        return value.ValueKind switch
        {
            JsonValueKind.String => values.Contains(value.GetString(), StringComparer.OrdinalIgnoreCase),
            // fixed_ips=subnet_id=ID
            JsonValueKind.Array => value.EnumerateArray().Any(part => values.Any(v => HasPart(part, v.Split('=', 2)))),
            JsonValueKind.True or JsonValueKind.False => values.Any(v => ParseBoolean(v) == value.GetBoolean()),
            _ => false,
        };
    }

    private static bool HasPart(JsonElement part, string[] pair) =>
        pair.Length == 2 && part.TryGetProperty(pair[0], out var value) && value.GetString() == pair[1];

    private static bool ParseBoolean(string text) =>
        Truths.Contains(text, StringComparer.OrdinalIgnoreCase)
        || (
            Lies.Contains(text, StringComparer.OrdinalIgnoreCase)
                ? false
                : throw new NeutronFault(
                    400,
                    "InvalidInput",
                    $"Invalid input for operation: '{text}' cannot be converted to boolean."
                )
        );

    private static int? ParseLimit(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? (limit == 0 ? null : limit)
            : throw new NeutronFault(
                400,
                "BadRequest",
                $"Bad limit request: Limit must be an integer 0 or greater and not '{text}'."
            );
}
