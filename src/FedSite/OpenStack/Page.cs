using System.Text.Json;

namespace FedSite.OpenStack;

/// <summary>Reads an element where the reader stands, and leaves the reader at its end.</summary>
/// <exception cref="JsonException">It is not as it should be; the reader may be anywhere then.</exception>
internal delegate T? ElementReader<out T>(ref Utf8JsonReader reader);

/// <summary>One page of a list. A bad element costs itself alone.</summary>
internal sealed class Page<T> : IDisposable
    where T : class
{
    /// <summary>An element that is nested deeper than its own reader takes costs itself alone; this costs the page.</summary>
    private const int MaxDepth = 10_000;

    /// <summary>https://docs.openstack.org/keystone/latest/admin/manage-services.html, <c>list_limit</c>.</summary>
    private const string CutFault = "the list ends here by Keystone's setting `list_limit`, and there is more";

    private Page(CloudResponse response, List<Listed<T>> elements, string? nextMarker)
    {
        Response = response;
        Elements = elements;
        NextMarker = nextMarker;
    }

    public CloudResponse Response { get; }

    /// <summary>Their JSON lives until this is disposed.</summary>
    public IReadOnlyList<Listed<T>> Elements { get; }

    /// <summary>Null: this is the last page.</summary>
    public string? NextMarker { get; }

    public void Dispose() => Response.Dispose();

    /// <exception cref="OpenStackException">It is no such list.</exception>
    public static Page<T> Parse(CloudResponse response, string collection, ElementReader<T> read)
    {
        try
        {
            return Take(response, collection, read);
        }
        catch (JsonException e)
        {
            throw Failures.Nonsense(response, e.Message, e);
        }
    }

    private static Page<T> Take(CloudResponse response, string collection, ElementReader<T> read)
    {
        List<Listed<T>>? elements = null;
        string? next = null;
        var isCut = false;
        var reader = new Utf8JsonReader(response.Body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("not a JSON object");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(collection))
            {
                elements = ReadElements(ref reader, response.Body, read);
            }
            else if (IsLink(ref reader, collection))
            {
                next = NextLink(ref reader) ?? next;
            }
            else if (reader.ValueTextEquals("truncated"u8))
            {
                reader.Read();
                isCut = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
        // Past the closing brace only white space is allowed: a cut answer must not pass for the last page.
        while (reader.Read()) { }
        if (isCut && next is null)
        {
            elements?.Add(new Listed<T>(Item: null, CutFault, ReadOnlyMemory<byte>.Empty));
        }
        return elements is null
            ? throw new JsonException($"\"{collection}\" is missing")
            : new Page<T>(response, elements, next is null ? null : Marker(next));
    }

    private static List<Listed<T>> ReadElements(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        ElementReader<T> read
    )
    {
        var elements = new List<Listed<T>>(1000);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("the list is no array");
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = reader;
            T? item = null;
            string? fault;
            try
            {
                item = read(ref reader);
                fault = item is null ? "it is null" : null;
            }
            catch (JsonException e)
            {
                reader = start;
                reader.Skip();
                fault = e.Message;
            }
            elements.Add(new Listed<T>(item, fault, body[(int)start.TokenStartIndex..(int)reader.BytesConsumed]));
        }
        return elements;
    }

    /// <summary>
    /// Nova and Neutron: <c>"servers_links": [{"rel": "next", "href"}]</c>, where Cinder has types of volumes in the
    /// singular; Keystone: <c>"links": {"next"}</c>; Glance: <c>"next"</c>.
    /// </summary>
    private static bool IsLink(ref Utf8JsonReader reader, string collection) =>
        reader.ValueTextEquals("next"u8)
        || reader.ValueTextEquals("links"u8)
        || reader.ValueTextEquals($"{collection}_links")
        || reader.ValueTextEquals("volume_type_links"u8);

    private static string? NextLink(ref Utf8JsonReader reader)
    {
        reader.Read();
        using var value = JsonDocument.ParseValue(ref reader);
        var root = value.RootElement;
        return root.ValueKind switch
        {
            JsonValueKind.Object => Text(root, "next"),
            JsonValueKind.Array => root.EnumerateArray()
                .Where(link => link.ValueKind is JsonValueKind.Object && Text(link, "rel") == "next")
                .Select(link => Text(link, "href"))
                .FirstOrDefault(),
            _ => Text(root),
        };
    }

    private static string? Text(JsonElement link, string name) =>
        link.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null
            ? null
            : value.TextOrNull() ?? throw new JsonException("a link is no text");

    private static string Marker(string link)
    {
        var query = link.AsSpan(link.IndexOf('?', StringComparison.Ordinal) + 1);
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.StartsWith("marker=", StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(pair["marker=".Length..]);
            }
        }
        throw new JsonException($"the link to the next page has no marker: {link}");
    }
}
