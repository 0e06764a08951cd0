using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary>Records of messages, for people and for scripts.</summary>
internal sealed class RecordView
{
    private readonly SortedDictionary<RecordKind, List<IReadOnlyDictionary<string, string>>> _records = [];
    private readonly List<string> _faults = [];

    /// <summary>All records are ones that the repository can use.</summary>
    public bool IsComplete => _faults.Count == 0;

    public void Add(string file, MessageContent content)
    {
        if (!_records.TryGetValue(content.Kind!.Value, out var records))
        {
            _records[content.Kind.Value] = records = [];
        }

        foreach (var (i, record) in content.Records.Index())
        {
            records.Add(record.Fields);
            if (record.Fault is { } fault)
            {
                _faults.Add($"record {i + 1} of {file} is incomplete: {fault}");
            }
        }
    }

    public void Show(CommandContext context)
    {
        var output = context.Output;
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                [.. _records.Values.SelectMany(records => records)],
                AccountingJson.Default.IReadOnlyListIReadOnlyDictionaryStringString
            );
        }
        else
        {
            foreach (var (i, (kind, records)) in _records.Index())
            {
                output.Text(i > 0 ? "\n" : "");
                output.Table(TableOf(kind, records));
                output.Line($"{records.Count} {kind.Word()} records.");
            }

            if (_records.Count == 0)
            {
                output.Line("No records.");
            }
        }

        foreach (var fault in _faults)
        {
            context.Console.Line($"warning: {fault}", Tone.Warning);
        }
    }

    private static TextTable TableOf(RecordKind kind, List<IReadOnlyDictionary<string, string>> records)
    {
        var table = kind switch
        {
            RecordKind.Cloud => new TextTable("machine", "vo", "user", "status", "#cpus", "#seconds", "what"),
            RecordKind.Accelerator => new TextTable("machine", "vo", "user", "month", "#count", "#seconds", "what"),
            RecordKind.Ip => new TextTable("project", "vo", "user", "IP version", "#addresses", "measured (UTC)"),
            _ => new TextTable("record", "vo", "user", "from", "to", "#GiB", "what"),
        };
        foreach (var fields in records)
        {
            table.Add(Row(kind, name => fields.GetValueOrDefault(name)));
        }

        return table;
    }

    private static Cell[] Row(RecordKind kind, Func<string, string?> value) =>
        kind switch
        {
            RecordKind.Cloud =>
            [
                value("MachineName") ?? value("VMUUID"),
                value("FQAN"),
                Short(value("GlobalUserName")),
                value("Status"),
                value("CpuCount"),
                value("WallDuration"),
                $"{value("Memory")} MiB, {value("Disk")} GiB",
            ],
            RecordKind.Accelerator =>
            [
                value("AssociatedRecord"),
                value("FQAN"),
                Short(value("GlobalUserName")),
                $"{value("MeasurementYear")}-{value("MeasurementMonth")?.PadLeft(2, '0')}",
                value("Count"),
                value("AvailableDuration"),
                value("Model"),
            ],
            RecordKind.Ip =>
            [
                value("LocalGroup"),
                value("FQAN"),
                Short(value("GlobalUserName") ?? value("LocalUser")),
                value("IPVersion"),
                value("IPCount"),
                Utc(value("MeasurementTime")),
            ],
            _ =>
            [
                value("RecordId"),
                value("Group"),
                Short(value("UserIdentity") ?? value("LocalUser")),
                Utc(value("StartTime")),
                Utc(value("EndTime")),
                GiB(value("ResourceCapacityUsed")),
                $"{value("StorageMedia")} {value("StorageClass")}".Trim(),
            ],
        };

    /// <summary>Federated users have names of 71 characters.</summary>
    private static string Short(string? user) => user is { Length: > 24 } ? user[..10] + "…" + user[^7..] : user ?? "";

    private static string? Utc(string? time) =>
        WireTime.Parse(time)?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? time;

    private static string? GiB(string? bytes) =>
        RecordFields.Number(bytes) is { } number
            ? (number / (1 << 30)).ToString("0.###", CultureInfo.InvariantCulture)
            : bytes;
}
