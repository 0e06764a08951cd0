using System.Text.Json;

namespace FedSite.OpenStack.Image;

/// <summary>A change of one key. Made twice, it does no more than made once.</summary>
public sealed record ImageChange
{
    /// <summary>Every image has these, so that they can be replaced; others are added, over a value that is there.</summary>
    private static readonly string[] Fixed =
    [
        "name",
        "visibility",
        "protected",
        "tags",
        "min_disk",
        "min_ram",
        "os_hidden",
        "disk_format",
        "container_format",
        "owner",
    ];

    private readonly Action<Utf8JsonWriter>? _value;

    private ImageChange(string key, Action<Utf8JsonWriter>? value)
    {
        Key = key;
        _value = value;
    }

    /// <summary>For instance <c>os_hidden</c>, or a custom property.</summary>
    public string Key { get; }

    /// <summary>The key is to go; else it gets a value.</summary>
    public bool IsRemoval => _value is null;

    public static ImageChange Set(string key, string value) => new(key, json => json.WriteStringValue(value));

    public static ImageChange Set(string key, long value) => new(key, json => json.WriteNumberValue(value));

    public static ImageChange Set(string key, bool value) => new(key, json => json.WriteBooleanValue(value));

    /// <summary>Of <c>tags</c>, all of them.</summary>
    public static ImageChange Set(string key, IReadOnlyList<string> values) =>
        new(
            key,
            json =>
            {
                json.WriteStartArray();
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }
                json.WriteEndArray();
            }
        );

    /// <summary>Of a custom property; Glance keeps its own keys.</summary>
    public static ImageChange Remove(string key) => new(key, value: null);

    /// <summary>One operation of https://www.rfc-editor.org/rfc/rfc6902 </summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(
            "op",
            IsRemoval ? "remove"
                : Fixed.Contains(Key, StringComparer.Ordinal) ? "replace"
                : "add"
        );
        json.WriteString("path", "/" + EscapePointer(Key));
        if (_value is not null)
        {
            json.WritePropertyName("value");
            _value(json);
        }
        json.WriteEndObject();
    }

    /// <summary>https://www.rfc-editor.org/rfc/rfc6901#section-3 </summary>
    private static string EscapePointer(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
