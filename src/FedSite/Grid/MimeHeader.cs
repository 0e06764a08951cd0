using System.Text;

namespace FedSite.Grid;

/// <summary>The header fields at the beginning of a message or of a part (RFC 2045).</summary>
internal sealed class MimeHeader
{
    private const int MaximumBytes = 64 * 1024;

    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private MimeHeader() { }

    /// <summary>Bytes up to and including the blank line.</summary>
    public int Length { get; private set; }

    /// <summary>In small letters; null without a Content-Type.</summary>
    public string? MediaType => Value("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant();

    public string? Value(string field) => _fields.GetValueOrDefault(field);

    /// <summary>Reads the fields; <paramref name="what"/> names the thing in a refusal.</summary>
    /// <exception cref="RefusedException">
    /// No header, no blank line after it, too long, or a field twice (two readers might believe different ones).
    /// </exception>
    public static MimeHeader Read(ReadOnlySpan<byte> text, string what)
    {
        var header = new MimeHeader();
        string? field = null;
        foreach (var line in new Lines(text.Length > MaximumBytes ? text[..MaximumBytes] : text))
        {
            header.Length += line.Length;
            if (line.Content.IsEmpty)
                return header;
            var content = Encoding.Latin1.GetString(line.Content);
            if (field is not null && content[0] is ' ' or '\t')
            {
                header._fields[field!] += " " + content.Trim();
                continue;
            }
            var colon = content.IndexOf(':');
            field = colon < 0 ? "" : content[..colon];
            if (field.Length == 0 || !field.All(c => c is > ' ' and < '\x7f'))
                break;
            if (!header._fields.TryAdd(field, content[(colon + 1)..].Trim()))
                throw new RefusedException("message.header", $"The {what} has the header field {field} twice.");
        }
        throw new RefusedException("message.header", $"The {what} has no header that ends with a blank line.");
    }

    /// <summary>A parameter of the Content-Type, quotes taken off; null when it is missing, or there twice.</summary>
    public string? Parameter(string name)
    {
        string? found = null;
        foreach (var parameter in Parameters(Value("Content-Type") ?? ""))
        {
            var equals = parameter.IndexOf('=');
            if (equals < 0 || !parameter.AsSpan(0, equals).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            if (found is not null)
                return null;
            found = Unquote(parameter[(equals + 1)..].Trim());
        }
        return found;
    }

    private static IEnumerable<string> Parameters(string value)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (quoted && value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == '"')
            {
                quoted = !quoted;
            }
            else if (value[i] == ';' && !quoted)
            {
                yield return value[start..i];
                start = i + 1;
            }
        }
        yield return value[start..];
    }

    private static string Unquote(string value)
    {
        if (value is not ['"', .. var inner, '"'])
            return value;
        var builder = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
            builder.Append(inner[i] == '\\' && i + 1 < inner.Length ? inner[++i] : inner[i]);
        return builder.ToString();
    }
}
