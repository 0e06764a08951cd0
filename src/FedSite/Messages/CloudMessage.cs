using System.Globalization;
using System.Text;
using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>
/// <c>APEL-cloud-message</c>: a header line, then records of <c>Key: value</c> lines, divided by <c>%%</c> anywhere.
/// </summary>
internal static class CloudMessage
{
    private const string Divider = "%%";
    private const string Header = "APEL-cloud-message";

    public static MessageContent Parse(ReadOnlyMemory<byte> text)
    {
        var lines = Encoding.UTF8.GetString(text.Span).Trim();
        var end = lines.IndexOf('\n', StringComparison.Ordinal);
        var header = (end < 0 ? lines : lines[..end]).TrimEnd();
        if (header.Split(':')[0].TrimEnd() != Header)
        {
            return MessageContent.Unknown(header);
        }

        var records = (end < 0 ? "" : lines[(end + 1)..])
            .Split(Divider, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(ParseRecord)
            .ToList();
        if (records.Count > 0 && EndsWithinLine(text.Span))
        {
            var name = records[^1].Text.Split('\n')[^1].Split(':')[0].Trim();
            records[^1] = records[^1] with { Missing = [.. records[^1].Missing.Append(name).Distinct()] };
        }

        return new MessageContent
        {
            Type = header,
            Kind = RecordKind.Cloud,
            Records = records,
        };
    }

    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> text, IReadOnlyList<MessageRecord> keep) =>
        Encoding.UTF8.GetBytes(
            Parse(text).Type + "\n" + string.Join($"\n{Divider}\n", keep.Select(record => record.Text)) + "\n"
        );

    private static MessageRecord ParseRecord(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }

        return new MessageRecord(KeyOf(fields), fields, text)
        {
            Missing = RecordFields.Missing(RecordKind.Cloud, fields),
        };
    }

    // Every program ends the last line too: 36 may have been 3600.
    private static bool EndsWithinLine(ReadOnlySpan<byte> text) =>
        text.TrimEnd(" \t\r"u8) is [.., not (byte)'\n'] rest && !rest.EndsWith("%%"u8);

    // The repository's primary key: VM and month of measurement.
    private static string? KeyOf(Dictionary<string, string> fields) =>
        fields.TryGetValue("VMUUID", out var vm) && Month(fields) is { } month ? $"{vm} {month}" : null;

    private static string? Month(Dictionary<string, string> fields)
    {
        long? at;
        if (fields.GetValueOrDefault("Status") == "completed")
        {
            at = Seconds(fields, "EndTime");
            if (at is null && !fields.ContainsKey("EndTime"))
            {
                return "0000-00";
            }
        }
        else if (fields.ContainsKey("RecordCreateTime"))
        {
            at = Seconds(fields, "RecordCreateTime");
        }
        else
        {
            at = Seconds(fields, "StartTime") + Number(fields, "SuspendDuration") + Number(fields, "WallDuration");
        }

        return at is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(at.Value).ToString("yyyy-MM", CultureInfo.InvariantCulture)
            : null;
    }

    private static long? Seconds(Dictionary<string, string> fields, string name) =>
        WireTime.Parse(fields.GetValueOrDefault(name))?.ToUnixTimeSeconds();

    private static long? Number(Dictionary<string, string> fields, string name) =>
        !fields.TryGetValue(name, out var text) ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 40
            ? number
        : null;
}
