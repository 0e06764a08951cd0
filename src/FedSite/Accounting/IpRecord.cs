using System.Buffers;

namespace FedSite.Accounting;

/// <summary>
/// How many public addresses of one IP version somebody holds in a project: one record of an <c>APEL Public IP message</c>.
/// </summary>
internal sealed record IpRecord
{
    public required string SiteName { get; init; }
    public required string CloudType { get; init; }
    public required string CloudComputeService { get; init; }

    /// <summary>A number of the record, as cASO makes one anew in every run; null: none.</summary>
    public string? Uuid { get; init; }

    /// <summary>User id; project id of addresses that no server's user holds.</summary>
    public required string? LocalUser { get; init; }
    public required string? GlobalUserName { get; init; }

    /// <summary>Project id.</summary>
    public required string LocalGroup { get; init; }

    /// <summary>The VO.</summary>
    public required string Fqan { get; init; }

    /// <summary>4 or 6.</summary>
    public required int IpVersion { get; init; }
    public required int IpCount { get; init; }

    /// <summary>Epoch seconds.</summary>
    public required long MeasurementTime { get; init; }

    /// <summary>Appends the record as one JSON object.</summary>
    public void WriteTo(IBufferWriter<byte> output) =>
        new JsonRecord()
            .Text("SiteName", SiteName)
            .Text("CloudType", CloudType)
            .Text("CloudComputeService", CloudComputeService)
            .Text("uuid", Uuid)
            .Text("LocalUser", LocalUser)
            .Text("GlobalUserName", GlobalUserName)
            .Text("LocalGroup", LocalGroup)
            .Text("FQAN", Fqan)
            .Number("IPVersion", IpVersion)
            .Number("IPCount", IpCount)
            .Number("MeasurementTime", MeasurementTime)
            .WriteTo(output);
}
