using System.Buffers;

namespace FedSite.Accounting;

/// <summary>
/// The accelerators of a virtual machine in one calendar month up to the end of a window: one record of an
/// <c>APEL-accelerator-message</c>, version 0.1.
/// </summary>
internal sealed record AcceleratorRecord
{
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

    /// <summary>Appends the record as one JSON object.</summary>
    public void WriteTo(IBufferWriter<byte> output) =>
        new JsonRecord()
            .Text("SiteName", SiteName)
            .Text("CloudType", CloudType)
            .Text("CloudComputeService", CloudComputeService)
            .Text("AssociatedRecord", AssociatedRecord)
            .Text("GlobalUserName", GlobalUserName)
            .Text("FQAN", Fqan)
            .Number("Count", Count)
            .Number("AvailableDuration", AvailableDuration)
            .Number("MeasurementMonth", MeasurementMonth)
            .Number("MeasurementYear", MeasurementYear)
            .Text("AssociatedRecordType", "cloud")
            .Text("Type", Type)
            .Text("Model", Model)
            .Number("ActiveDuration", AvailableDuration)
            .WriteTo(output);
}
