using System.Globalization;
using System.Text.Json;

namespace FedSite.Sandbox.OpenStack;

/// <summary>What a key of a request may hold.</summary>
internal enum FieldKind
{
    Text,
    Boolean,

    /// <summary>A whole number, 0 at least.</summary>
    Count,

    /// <summary>Different texts.</summary>
    Texts,
}

/// <summary>A regular expression of Keystone's, as it stands in its answers, and what it means.</summary>
internal sealed record TextPattern(string Text, Func<string, bool> Fits)
{
    public static readonly TextPattern Id = new("^[a-zA-Z0-9-]+$", text => text.All(c => IsWord(c) && c != '_'));
    public static readonly TextPattern MappingId = new("^[a-zA-Z0-9-_]+$", text => text.All(IsWord));
    public static readonly TextPattern Name = new(@"[\\S]+", text => text.Any(c => !char.IsWhiteSpace(c)));
    public static readonly TextPattern Tag = new("^[^,/]*$", text => !text.Contains(',') && !text.Contains('/'));

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}

/// <param name="MaxLength">Of a text or of each text; 0: any, empty ones too.</param>
internal sealed record Field(
    string Name,
    FieldKind Kind,
    bool Nullable = false,
    int MaxLength = 0,
    TextPattern? Pattern = null
);

/// <summary>Keystone's checks of request bodies; a fault has the first line of what Keystone says.</summary>
internal sealed record KeystoneSchema(Field[] Fields)
{
    public static readonly JsonElement Empty = JsonElement.Parse("{}");

    /// <summary>Other keys are stored with the thing.</summary>
    public bool Open { get; init; }

    public string[] Required { get; init; } = [];

    /// <summary>For a change: one key at least.</summary>
    public KeystoneSchema ForChange => this with { Required = [], NotEmpty = true };

    private bool NotEmpty { get; init; }

    /// <exception cref="KeystoneFault">400.</exception>
    public void Check(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new KeystoneFault(400, $"{PythonText.Of(body)} is not of type 'object'");
        }
        var strange = body.EnumerateObject().Select(p => p.Name).Except(Fields.Select(f => f.Name)).ToList();
        if (!Open && strange.Count > 0)
        {
            throw new KeystoneFault(400, Unexpected(strange));
        }
        if (NotEmpty && !body.EnumerateObject().Any())
        {
            throw new KeystoneFault(400, "{} does not have enough properties");
        }
        foreach (var name in Required.Where(name => !body.TryGetProperty(name, out _)))
        {
            throw new KeystoneFault(400, $"'{name}' is a required property");
        }
        foreach (var field in Fields)
        {
            if (body.TryGetProperty(field.Name, out var value))
            {
                CheckField(field, value);
            }
        }
    }

    public static string Unexpected(IReadOnlyList<string> keys) =>
        $"Additional properties are not allowed ({string.Join(", ", keys.Select(key => $"'{key}'"))} "
        + $"{(keys.Count == 1 ? "was" : "were")} unexpected)";

    private static void CheckField(Field field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null && field.Nullable)
        {
            return;
        }
        var fault = field.Kind switch
        {
            FieldKind.Text => TextFault(field, value),
            FieldKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? null
                : WrongType(field, value, "boolean"),
            FieldKind.Count => CountFault(field, value),
            _ => TextsFault(field, value),
        };
        if (fault is not null)
        {
            throw new KeystoneFault(400, $"Invalid input for field '{field.Name}': {fault}");
        }
    }

    private static string WrongType(Field field, JsonElement value, string type) =>
        $"{PythonText.Of(value)} is not of type '{type}'{(field.Nullable ? ", 'null'" : "")}";

    private static string? TextFault(Field field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return WrongType(field, value, "string");
        }
        var text = value.GetString()!;
        return field.MaxLength > 0 && text.Length == 0 ? "'' is too short"
            : field.MaxLength > 0 && text.Length > field.MaxLength ? $"'{text}' is too long"
            : field.Pattern?.Fits(text) == false ? $"'{text}' does not match '{field.Pattern.Text}'"
            : null;
    }

    private static string? CountFault(Field field, JsonElement value) =>
        value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number)
            ? WrongType(field, value, "integer")
        : number < 0 ? string.Create(CultureInfo.InvariantCulture, $"{number} is less than the minimum of 0")
        : null;

    private static string? TextsFault(Field field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return WrongType(field, value, "array");
        }
        var texts = value.EnumerateArray().ToList();
        return texts.Select(text => TextFault(field with { Nullable = false }, text)).FirstOrDefault(f => f is not null)
            ?? (
                texts.DistinctBy(text => text.GetString()).Count() < texts.Count
                    ? $"{PythonText.Of(value)} has non-unique elements"
                    : null
            );
    }
}

/// <summary>JSON as Python prints it.</summary>
internal static class PythonText
{
    public static string Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => Quoted(value.GetString()!),
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            JsonValueKind.Null => "None",
            JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Of))}]",
            JsonValueKind.Object =>
                $"{{{string.Join(", ", value.EnumerateObject().Select(p => $"{Quoted(p.Name)}: {Of(p.Value)}"))}}}",
            _ => value.GetRawText(),
        };

    private static string Quoted(string text) =>
        text.Contains('\'') && !text.Contains('"')
            ? $"\"{text}\""
            : $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
