using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>Usage of a month, summed up; all are whole numbers.</summary>
public sealed class UsageTotals
{
    // No usage is as large; a value beyond counts as nothing, so that a broken one can't make the sums overflow.
    private const decimal Most = 1_000_000_000_000;
    private const decimal MostBytes = 1_000_000_000_000_000_000;

    /// <summary>Virtual machines with a record of the month.</summary>
    public long Machines { get; private set; }

    /// <summary>Elapsed seconds.</summary>
    public decimal WallSeconds { get; private set; }

    /// <summary>Elapsed seconds × processors.</summary>
    public decimal CpuSeconds { get; private set; }
    public decimal MemoryBytes { get; private set; }
    public decimal DiskBytes { get; private set; }

    /// <summary>Seconds × accelerators; halves of a card add up, and the sum is rounded.</summary>
    public decimal AcceleratorSeconds => Math.Round(_acceleratorSeconds);

    /// <summary>Public IPv4 addresses when they were counted last.</summary>
    public decimal Ipv4 { get; private set; }

    /// <summary>Public IPv6 addresses when they were counted last.</summary>
    public decimal Ipv6 { get; private set; }

    /// <summary>Capacity of volumes × time, bytes × seconds.</summary>
    public decimal StorageByteSeconds { get; private set; }

    private decimal _acceleratorSeconds;

    internal void AddMachine(decimal wall, decimal cpu, IReadOnlyDictionary<string, string> record)
    {
        Machines++;
        WallSeconds += Math.Round(wall);
        CpuSeconds += Math.Round(cpu);
        MemoryBytes += Math.Round(Number(record, "Memory") * (1 << 20));
        DiskBytes += Math.Round(Number(record, "Disk") * (1 << 30));
    }

    internal void AddAccelerators(IReadOnlyDictionary<string, string> record) =>
        _acceleratorSeconds += Number(record, "AvailableDuration") * Number(record, "Count");

    internal void AddAddresses(IReadOnlyDictionary<string, string> record)
    {
        if (Number(record, "IPVersion") == 6)
        {
            Ipv6 += Math.Round(Number(record, "IPCount"));
        }
        else
        {
            Ipv4 += Math.Round(Number(record, "IPCount"));
        }
    }

    internal void AddStorage(TimeSpan time, IReadOnlyDictionary<string, string> record) =>
        StorageByteSeconds += Math.Round(
            Number(record, "ResourceCapacityUsed", MostBytes) * time.Ticks / TimeSpan.TicksPerSecond
        );

    internal void Add(UsageTotals other)
    {
        Machines += other.Machines;
        WallSeconds += other.WallSeconds;
        CpuSeconds += other.CpuSeconds;
        MemoryBytes += other.MemoryBytes;
        DiskBytes += other.DiskBytes;
        _acceleratorSeconds += other._acceleratorSeconds;
        Ipv4 += other.Ipv4;
        Ipv6 += other.Ipv6;
        StorageByteSeconds += other.StorageByteSeconds;
    }

    internal static decimal Number(IReadOnlyDictionary<string, string> record, string field, decimal most = Most) =>
        RecordFields.Number(record.GetValueOrDefault(field)) is { } number && number >= 0 && number < most ? number : 0;
}
