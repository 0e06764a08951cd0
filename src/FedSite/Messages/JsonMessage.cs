using System.Text;
using System.Text.Json;
using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>Messages that are one JSON object with a <c>Type</c> and a list <c>UsageRecords</c>.</summary>
internal static class JsonMessage
{
    private const string List = "UsageRecords";

    public static MessageContent Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var type = root.TryGetProperty("Type", out var named) ? named.ToString() : "JSON";
            return type switch
            {
                AcceleratorMessage.Type => Read(root, type, RecordKind.Accelerator, AcceleratorMessage.KeyOf),
                IpMessage.Type => Read(root, type, RecordKind.Ip, IpMessage.KeyOf),
                _ => MessageContent.Unknown(type),
            };
        }
        // The latter for text that is no UTF-8, or half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return MessageContent.Unknown("broken JSON");
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

    private static MessageContent Read(
        JsonElement root,
        string type,
        RecordKind kind,
        Func<Dictionary<string, string>, string?> keyOf
    ) =>
        root.TryGetProperty(List, out var list) && list.ValueKind == JsonValueKind.Array
            ? new MessageContent
            {
                Type = type,
                Kind = kind,
                Records =
                [
                    .. list.EnumerateArray()
                        .Select(record =>
                        {
                            var fields = FieldsOf(record);
                            return new MessageRecord(keyOf(fields), fields, record.GetRawText())
                            {
                                Missing = RecordFields.Missing(kind, fields),
                            };
                        }),
                ],
            }
            : MessageContent.Unknown($"{type} without {List}");

    private static Dictionary<string, string> FieldsOf(JsonElement record)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (record.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in record.EnumerateObject())
            {
                fields[property.Name] = property.Value.ToString();
            }
        }

        return fields;
    }
}
