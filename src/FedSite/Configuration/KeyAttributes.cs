using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace FedSite.Configuration;

/// <summary>What the attributes of a record's property say about the values of its key.</summary>
internal sealed class KeyAttributes
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly RangeAttribute? _range;
    private readonly RegularExpressionAttribute? _pattern;
    private readonly AllowedValuesAttribute? _allowed;

    private KeyAttributes(IReadOnlyList<object> attributes)
    {
        _range = attributes.OfType<RangeAttribute>().FirstOrDefault();
        _pattern = attributes.OfType<RegularExpressionAttribute>().FirstOrDefault();
        _allowed = attributes.OfType<AllowedValuesAttribute>().FirstOrDefault();
        IsSecret = attributes.OfType<SecretAttribute>().Any();
        OneOrMany = attributes.OfType<OneOrManyAttribute>().Any();
        NotEmpty = attributes.OfType<NotEmptyAttribute>().Any();
        Path = attributes.OfType<LocalPathAttribute>().FirstOrDefault()?.Use;
    }

    /// <summary>Of what has no key of its own.</summary>
    public static KeyAttributes None { get; } = new([]);

    public bool IsSecret { get; }

    /// <summary>A list must have an element.</summary>
    public bool NotEmpty { get; }

    /// <summary>A list of one text may be written as that text.</summary>
    public bool OneOrMany { get; }

    public PathUse? Path { get; }

    public static KeyAttributes Of(JsonPropertyInfo property) =>
        new(property.AttributeProvider?.GetCustomAttributes(inherit: false) ?? []);

    /// <summary>What is allowed instead of this value; null when it is fine.</summary>
    public string? Fault(string text, JsonNode value)
    {
        if (_range is not null)
        {
            var (min, max) = ((int)_range.Minimum, (int)_range.Maximum);
            var isSize = value.GetValueKind() == JsonValueKind.String;
            var number = isSize && ByteSize.TryParse(text, out var size) ? size.Bytes : value.GetValue<int>();
            if (number < min || number > max)
            {
                return isSize
                    ? $"expected {new ByteSize(min)} to {new ByteSize(max)}"
                    : string.Create(CultureInfo.InvariantCulture, $"expected {min} to {max}");
            }
        }

        if (_pattern is not null && !Regex.IsMatch(text, $"^(?:{_pattern.Pattern})$", RegexOptions.None, MatchLimit))
            return $"expected {_pattern.ErrorMessage}";
        if (_allowed is not null && !_allowed.Values.Contains(text))
            return $"expected one of {string.Join(", ", _allowed.Values)}{Suggest(text)}";
        return Path is not null && text.Length == 0 ? "expected a path" : null;
    }

    private string Suggest(string text) =>
        NearestWord.Of(text, _allowed!.Values.OfType<string>()) is { } nearest ? $" (did you mean {nearest}?)" : "";
}
