using System.Globalization;
using System.Text.Json.Nodes;

namespace FedSite.Configuration;

/// <summary>How a single value of a type is written in YAML.</summary>
/// <param name="Expected">For messages.</param>
/// <param name="Read">The value as JSON; null when the text is none.</param>
internal sealed record ScalarType(string Expected, Func<string, JsonNode?> Read)
{
    private static readonly ScalarType Text = new("a text", text => text);
    private static readonly ScalarType Switch = new("true or false", ReadSwitch);
    private static readonly ScalarType Number = new("a whole number", ReadNumber);
    private static readonly ScalarType Size = new("a size such as 700kB, 1MB or 512KiB", ReadSize);
    private static readonly ScalarType Kind = new(string.Join(", ", RecordKinds.Words), ReadKind);

    private static readonly ScalarType DeploymentWord = new(string.Join(", ", Deployments.Words), ReadDeployment);

    /// <summary>Null for what is no single value.</summary>
    public static ScalarType? Of(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(string) => Text,
            var t when t == typeof(bool) => Switch,
            var t when t == typeof(int) => Number,
            var t when t == typeof(ByteSize) => Size,
            var t when t == typeof(RecordKind) => Kind,
            var t when t == typeof(Deployment) => DeploymentWord,
            _ => null,
        };

    /// <summary>What the text was probably meant to be.</summary>
    public string Hint(string text) =>
        this == Switch && text.ToLowerInvariant() is "no" or "off" or "n" ? " (write false)"
        : this == Switch && text.ToLowerInvariant() is "yes" or "on" or "y" ? " (write true)"
        : "";

    private static JsonNode? ReadSwitch(string text) =>
        text switch
        {
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ => null,
        };

    // A leading zero means octal to some YAML readers and decimal to others.
    private static JsonNode? ReadNumber(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : null;

    private static JsonNode? ReadSize(string text) => ByteSize.TryParse(text, out var size) ? size.ToString() : null;

    private static JsonNode? ReadKind(string text) => RecordKinds.Parse(text)?.Word();

    private static JsonNode? ReadDeployment(string text) => Deployments.Parse(text)?.Word();
}
