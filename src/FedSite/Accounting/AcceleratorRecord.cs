using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FedSite.Accounting;

/// <summary>
/// The accelerators of a virtual machine in one calendar month up to the end of a window: one record of an
/// <c>APEL-accelerator-message</c>, version 0.1.
/// </summary>
internal sealed record AcceleratorRecord
{
    /// <summary>What stands before the records of a message.</summary>
    public const string Header = """{"Type": "APEL-accelerator-message", "Version": "0.1", "UsageRecords": [""";

    /// <summary>What stands between two records.</summary>
    public const string Separator = ", ";

    /// <summary>What stands behind the records.</summary>
    public const string Footer = "]}";

    public required string SiteName { get; init; }
    public required string CloudType { get; init; }
    public required string CloudComputeService { get; init; }

    /// <summary>UUID of the machine, which has a cloud record of its own.</summary>
    public required string AssociatedRecord { get; init; }
    public string? GlobalUserName { get; init; }

    /// <summary>The VO.</summary>
    public required string Fqan { get; init; }

    /// <summary>How many; a fraction where a card is shared.</summary>
    public required decimal Count { get; init; }

    /// <summary>Seconds of the month in which the machine existed.</summary>
    public required long AvailableDuration { get; init; }
    public required int MeasurementMonth { get; init; }
    public required int MeasurementYear { get; init; }

    /// <summary>GPU, MIC, FPGA, TPU or NPU.</summary>
    public required string Type { get; init; }

    /// <summary>Vendor and model.</summary>
    public required string Model { get; init; }

    /// <summary>Appends the record as one JSON object, with blanks as other sources of such messages write it.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = new StringBuilder("{");
        Text(json, "SiteName", SiteName);
        Text(json, "CloudType", CloudType);
        Text(json, "CloudComputeService", CloudComputeService);
        Text(json, "AssociatedRecord", AssociatedRecord);
        if (GlobalUserName is not null)
        {
            Text(json, "GlobalUserName", GlobalUserName);
        }

        Text(json, "FQAN", Fqan);
        Number(json, "Count", Count);
        Number(json, "AvailableDuration", AvailableDuration);
        Number(json, "MeasurementMonth", MeasurementMonth);
        Number(json, "MeasurementYear", MeasurementYear);
        Text(json, "AssociatedRecordType", "cloud");
        Text(json, "Type", Type);
        Text(json, "Model", Model);
        Number(json, "ActiveDuration", AvailableDuration);
        json.Append('}');
        Encoding.ASCII.GetBytes(json.ToString(), output);
    }

    private static void Text(StringBuilder json, string key, string value) =>
        Key(json, key).Append('"').Append(JsonEncodedText.Encode(value)).Append('"');

    private static void Number(StringBuilder json, string key, decimal value) =>
        Key(json, key).Append(value.ToString("0.###", CultureInfo.InvariantCulture));

    private static StringBuilder Key(StringBuilder json, string key) =>
        json.Append(json.Length > 1 ? ", " : "").Append('"').Append(key).Append("\": ");
}
