using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace FedSite.Accounting;

/// <summary>
/// The accounting repository's own rules: it refuses a whole message for one bad record and never tells the sender, so
/// each record and each message is checked here first. Source: APEL 2.5 record definitions and database schema.
/// </summary>
internal static class RepositoryRules
{
    /// <summary>Records in a message at most.</summary>
    public const int MaxRecords = 1000;

    private enum Value
    {
        Text,
        Integer,
        Decimal,
        Date,
    }

    private static readonly SearchValues<byte> Allowed = SearchValues.Create([
        (byte)'\n',
        .. Enumerable.Range(0x20, 0x7f - 0x20).Select(b => (byte)b),
    ]);

    private static readonly FrozenDictionary<string, (string Key, Value Kind)> CloudKeys = new Dictionary<
        string,
        Value
    >(StringComparer.Ordinal)
    {
        ["VMUUID"] = Value.Text,
        ["SiteName"] = Value.Text,
        ["CloudComputeService"] = Value.Text,
        ["MachineName"] = Value.Text,
        ["LocalUserId"] = Value.Text,
        ["LocalGroupId"] = Value.Text,
        ["GlobalUserName"] = Value.Text,
        ["FQAN"] = Value.Text,
        ["Status"] = Value.Text,
        ["StartTime"] = Value.Date,
        ["EndTime"] = Value.Date,
        ["WallDuration"] = Value.Integer,
        ["CpuDuration"] = Value.Integer,
        ["CpuCount"] = Value.Decimal,
        ["PublicIPCount"] = Value.Integer,
        ["Memory"] = Value.Integer,
        ["Disk"] = Value.Integer,
        ["BenchmarkType"] = Value.Text,
        ["Benchmark"] = Value.Decimal,
        ["ImageId"] = Value.Text,
        ["CloudType"] = Value.Text,
    }.ToFrozenDictionary(k => k.Key, k => (k.Key, k.Value), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string Key, Value Kind)>.AlternateLookup<
        ReadOnlySpan<char>
    > CloudKeyBySpan = CloudKeys.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Checks the lines of one cloud record.</summary>
    /// <returns>What the repository would refuse it for; null when it is good.</returns>
    public static string? CheckCloudRecord(ReadOnlySpan<byte> record)
    {
        if (record.ContainsAnyExcept(Allowed))
        {
            return "it holds a character that is not printable ASCII";
        }

        if (record.IndexOf("%%"u8) >= 0)
        {
            return "it holds %%, which separates records";
        }

        bool uuid = false,
            site = false;
        foreach (var range in record.Split((byte)'\n'))
        {
            var line = record[range];
            if (line.IsEmpty)
            {
                continue;
            }

            if (CheckCloudLine(line, out var key) is { } fault)
            {
                return fault;
            }

            uuid |= key is "VMUUID";
            site |= key is "SiteName";
        }

        return uuid && site ? null : "VMUUID or SiteName is missing";
    }

    /// <summary>Checks the values of one accelerator record.</summary>
    /// <returns>What the repository would refuse it for; null when it is good.</returns>
    public static string? CheckAcceleratorRecord(AcceleratorRecord record)
    {
        if (record.Count is <= 0 or >= 10_000_000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Count is {record.Count}");
        }

        if (record.MeasurementMonth is < 1 or > 12 || record.AvailableDuration < 1)
        {
            return "its month or duration is out of range";
        }

        return record.Model.Length > WireText.MaxLength || record.Type.Length > WireText.MaxLength
            ? "a text is too long"
            : null;
    }

    /// <summary>Checks a whole message; its records were checked before.</summary>
    /// <exception cref="InvalidOperationException">The message is not what it should be: a fault of this program.</exception>
    public static void CheckMessage(ReadOnlyMemory<byte> message, int records)
    {
        var sound =
            records is > 0 and <= MaxRecords
            && message.Span[0] switch
            {
                (byte)'{' => CountJsonRecords(message.Span),
                (byte)'<' => CountXmlRecords(message),
                _ => CountTextRecords(message.Span),
            } == records;
        if (!sound)
        {
            throw new InvalidOperationException("A message was made that the repository would refuse.");
        }
    }

    private static int CountTextRecords(ReadOnlySpan<byte> message) =>
        message.StartsWith("APEL-cloud-message: v0.4\n"u8) && message.EndsWith("\n"u8)
            ? 1 + message.Count("%%\n"u8)
            : 0;

    private static int CountXmlRecords(ReadOnlyMemory<byte> message)
    {
        using var stream = new MemoryStream(message.ToArray(), writable: false);
        using var xml = XmlReader.Create(stream);
        var records = 0;
        while (xml.Read())
        {
            records +=
                xml is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "StorageUsageRecord" }
                && xml.NamespaceURI == StorageRecord.Namespace
                    ? 1
                    : 0;
        }

        return records;
    }

    private static int CountJsonRecords(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        var records = 0;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject && reader.CurrentDepth == 2)
            {
                records++;
            }
        }

        return records;
    }

    private static string? CheckCloudLine(ReadOnlySpan<byte> line, out string? key)
    {
        key = null;
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return "a line has no colon";
        }

        Span<char> name = stackalloc char[32];
        if (colon > name.Length)
        {
            return "a key is unknown";
        }

        Encoding.ASCII.GetChars(line[..colon], name);
        if (!CloudKeyBySpan.TryGetValue(name[..colon], out var known))
        {
            return "a key is unknown";
        }

        (key, var kind) = known;
        return CheckValue(key, kind, line[(colon + 1)..].Trim((byte)' '));
    }

    private static string? CheckValue(string key, Value kind, ReadOnlySpan<byte> value) =>
        kind switch
        {
            Value.Text
                when value.Length > (key is "BenchmarkType" ? WireText.MaxBenchmarkTypeLength : WireText.MaxLength) =>
                $"{key} is too long",
            Value.Text when key is "VMUUID" or "SiteName" && value.IsEmpty => $"{key} is empty",
            Value.Integer
            or Value.Date
                when !Utf8Parser.TryParse(value, out long number, out var used) || used != value.Length || number < 0 =>
                $"{key} is not a whole number",
            Value.Decimal
                when !Utf8Parser.TryParse(value, out double number, out var used)
                    || used != value.Length
                    || number < 0 => $"{key} is not a decimal",
            _ => null,
        };
}
