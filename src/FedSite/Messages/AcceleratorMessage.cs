using System.Text;
using System.Text.Json;
using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary><c>APEL-accelerator-message</c>: one JSON object with a list <c>UsageRecords</c>.</summary>
internal static class AcceleratorMessage
{
    private const string Header = "APEL-accelerator-message";
    private const string List = "UsageRecords";

    // The repository's primary key.
    private static readonly string[] Key =
    [
        "MeasurementYear",
        "MeasurementMonth",
        "AssociatedRecordType",
        "AssociatedRecord",
        "SiteName",
        "Model",
    ];

    public static MessageContent Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var type = root.TryGetProperty("Type", out var named) ? named.ToString() : "JSON";
            return type == Header && root.TryGetProperty(List, out var list) && list.ValueKind == JsonValueKind.Array
                ? new MessageContent
                {
                    Type = type,
                    Kind = RecordKind.Accelerator,
                    Records = list.EnumerateArray().Select(ParseRecord).ToList(),
                }
                : new MessageContent { Type = type };
        }
        catch (JsonException)
        {
            return new MessageContent { Type = "broken JSON" };
        }
    }

    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> text, IReadOnlyList<MessageRecord> keep)
    {
        using var document = JsonDocument.Parse(text);
        var parts = document
            .RootElement.EnumerateObject()
            .Select(property =>
            {
                var value =
                    property.Name == List
                        ? $"[{string.Join(", ", keep.Select(record => record.Text))}]"
                        : property.Value.GetRawText();
                return $"\"{JsonEncodedText.Encode(property.Name)}\": {value}";
            });
        return Encoding.UTF8.GetBytes($"{{{string.Join(", ", parts)}}}");
    }

    private static MessageRecord ParseRecord(JsonElement record)
    {
        var fields =
            record.ValueKind == JsonValueKind.Object
                ? record
                    .EnumerateObject()
                    .GroupBy(property => property.Name, StringComparer.Ordinal)
                    .ToDictionary(same => same.Key, same => same.Last().Value.ToString(), StringComparer.Ordinal)
                : [];
        var key = Key.SkipLast(1).All(fields.ContainsKey)
            ? string.Join(' ', Key.Select(name => fields.GetValueOrDefault(name)))
            : null;
        return new MessageRecord(key, fields, record.GetRawText());
    }
}
