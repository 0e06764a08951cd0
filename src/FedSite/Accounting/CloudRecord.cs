using System.Buffers;
using System.Globalization;
using System.Text;

namespace FedSite.Accounting;

/// <summary>
/// A virtual machine as of the end of a window: one record of an <c>APEL-cloud-message: v0.4</c>. Texts are clean
/// (<see cref="WireText"/>); what is null is left out of the record.
/// </summary>
internal sealed record CloudRecord
{
    /// <summary>Value of the benchmark named by <see cref="BenchmarkType"/>.</summary>
    public double? Benchmark { get; init; }
    public string? BenchmarkType { get; init; }
    public required string CloudComputeService { get; init; }
    public required string CloudType { get; init; }
    public required int CpuCount { get; init; }

    /// <summary>Seconds: wall time × CPUs.</summary>
    public required long CpuDuration { get; init; }

    /// <summary>GiB: root and ephemeral disk.</summary>
    public required long Disk { get; init; }

    /// <summary>Epoch seconds; 0 while the machine lives.</summary>
    public required long EndTime { get; init; }

    /// <summary>The VO.</summary>
    public required string Fqan { get; init; }
    public string? GlobalUserName { get; init; }

    /// <summary>Community identifier of the image if it has one, else its id; null for a volume-booted machine.</summary>
    public string? ImageId { get; init; }

    /// <summary>Project id.</summary>
    public string? LocalGroupId { get; init; }

    /// <summary>User id.</summary>
    public string? LocalUserId { get; init; }
    public string? MachineName { get; init; }

    /// <summary>MiB.</summary>
    public required long Memory { get; init; }

    /// <summary>Floating addresses now.</summary>
    public required int PublicIpCount { get; init; }
    public required string SiteName { get; init; }

    /// <summary>Epoch seconds.</summary>
    public required long StartTime { get; init; }
    public required string Status { get; init; }
    public required string VmUuid { get; init; }

    /// <summary>Seconds since creation, not since the window's start.</summary>
    public required long WallDuration { get; init; }

    /// <summary>
    /// Appends the record's lines, sorted by the whole line in ordinal order as the repository's other sources do.
    /// </summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (Benchmark is { } benchmark)
        {
            Line(output, "Benchmark: ", Decimal(benchmark));
        }

        Line(output, "BenchmarkType: ", BenchmarkType);
        Line(output, "CloudComputeService: ", CloudComputeService);
        Line(output, "CloudType: ", CloudType);
        Line(output, "CpuCount: ", CpuCount);
        Line(output, "CpuDuration: ", CpuDuration);
        Line(output, "Disk: ", Disk);
        Line(output, "EndTime: ", EndTime);
        Line(output, "FQAN: ", Fqan);
        Line(output, "GlobalUserName: ", GlobalUserName);
        Line(output, "ImageId: ", ImageId);
        Line(output, "LocalGroupId: ", LocalGroupId);
        Line(output, "LocalUserId: ", LocalUserId);
        Line(output, "MachineName: ", MachineName);
        Line(output, "Memory: ", Memory);
        Line(output, "PublicIPCount: ", PublicIpCount);
        Line(output, "SiteName: ", SiteName);
        Line(output, "StartTime: ", StartTime);
        Line(output, "Status: ", Status);
        Line(output, "VMUUID: ", VmUuid);
        Line(output, "WallDuration: ", WallDuration);
    }

    /// <summary>A decimal as other sources print it: always with a point.</summary>
    internal static string Decimal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal)
            ? text
            : text + ".0";
    }

    private static void Line(IBufferWriter<byte> output, string key, string? value)
    {
        if (value is not null)
        {
            Encoding.ASCII.GetBytes(key, output);
            Encoding.ASCII.GetBytes(value, output);
            output.Write("\n"u8);
        }
    }

    private static void Line(IBufferWriter<byte> output, string key, long value)
    {
        Encoding.ASCII.GetBytes(key, output);
        var span = output.GetSpan(20);
        value.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\n"u8);
    }
}
