using System.Text.Json;
using System.Text.Unicode;

namespace FedSite.Information.Validation;

/// <summary>Reads documents that anybody may have written.</summary>
internal static class DocumentReader
{
    private const int MaximumDepth = 128;

    /// <summary>The document, an object; null with the reason when it is none. Every text in it can be read.</summary>
    public static JsonDocument? Read(ReadOnlyMemory<byte> document, out string? fault, int maximumDepth = MaximumDepth)
    {
        if (document.Span is [0xef, 0xbb, 0xbf, ..])
            document = document[3..];
        fault = FaultOf(document.Span, maximumDepth);
        if (fault is not null)
            return null;
        var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = maximumDepth + 1 });
        if (json.RootElement.IsObject())
            return json;
        json.Dispose();
        fault = "It is no JSON object.";
        return null;
    }

    /// <summary>The objects of a class; none when it is missing or no array.</summary>
    public static IEnumerable<JsonElement> ObjectsOf(this JsonElement document, string className) =>
        document.Member(className)?.Items().Where(IsObject) ?? [];

    /// <summary>The member; null when there is none, or this is no object.</summary>
    public static JsonElement? Member(this JsonElement value, string name) =>
        value.IsObject() && value.TryGetProperty(name, out var member) ? member : null;

    /// <summary>The text; null: it is none.</summary>
    public static string? Text(this JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>The text of the member; null: there is none.</summary>
    public static string? Text(this JsonElement value, string member) => value.Member(member)?.Text();

    /// <summary>What the array holds; nothing when this is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement value) =>
        value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Ids to which the object refers.</summary>
    public static IEnumerable<string> References(this JsonElement value, string association) =>
        value.Member(Contract.Associations)?.Member(association)?.Items().Select(Text).OfType<string>() ?? [];

    public static bool IsObject(this JsonElement value) => value.ValueKind is JsonValueKind.Object;

    private static string? FaultOf(ReadOnlySpan<byte> document, int maximumDepth)
    {
        if (document.Length > DocumentValidator.MaximumBytes)
            return $"It is larger than {DocumentValidator.MaximumBytes >> 20} MiB.";
        if (!Utf8.IsValid(document))
            return "It is no UTF-8.";
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = maximumDepth + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= maximumDepth)
                    return $"It is nested deeper than {maximumDepth} levels.";
                // Half a character, \ud800, is JSON, but no text; GetString refuses it.
                if (reader.ValueIsEscaped)
                    _ = reader.GetString();
            }

            return null;
        }
        catch (JsonException e)
        {
            return $"It is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";
        }
        catch (InvalidOperationException)
        {
            return $"At byte {reader.TokenStartIndex + 1} is a text with half a character (\\ud800 or the like), "
                + "which no answer of the query API can hold.";
        }
    }
}
