using System.Globalization;
using FedSite.Configuration;
using FedSite.OpenStack.BlockStorage;
using FedSite.OpenStack.Compute;

namespace FedSite.Accounting;

/// <summary>What a record says beside the server itself.</summary>
/// <param name="Vo">The project's VO.</param>
/// <param name="UserName">Keystone name of the server's user, if it may be read.</param>
/// <param name="ImageId">Community identifier of the image, or its id; null for a volume-booted server.</param>
internal readonly record struct Owner(string Vo, string? UserName, string? ImageId);

/// <summary>Turns servers into usage records. Field values: docs/accounting.md.</summary>
internal sealed class RecordBuilder
{
    /// <summary>What Cinder calls the type of volumes for which nobody chose one.</summary>
    private const string NoVolumeType = "__DEFAULT__";

    private readonly string _site;
    private readonly string _service;
    private readonly string _cloudType;
    private readonly BenchmarkConfig _benchmark;

    public RecordBuilder(string site, string service, BenchmarkConfig benchmark)
    {
        _site = WireText.Clean(site)!;
        _service = WireText.Clean(service)!;
        _cloudType = $"{ProductInfo.Name}/{ProductInfo.Version} (OpenStack)";
        _benchmark = benchmark;
    }

    /// <summary>Why no record can be made of this server; null when one can.</summary>
    public static string? Fault(Server server) =>
        server switch
        {
            { Id: null or "" } => "it has no id",
            { Created.Ticks: 0 } => "it has no creation time",
            { Flavor: null } =>
                "its flavor was deleted, and this Nova (microversion below 2.47) does not tell its size",
            { Flavor: { Vcpus: < 0 } or { RamMiB: < 0 } or { DiskGiB: < 0 } or { EphemeralGiB: < 0 } } =>
                "its flavor has a negative size",
            _ => null,
        };

    public CloudRecord Cloud(Server server, ServerUsage usage, UsageWindow window, Owner owner)
    {
        var flavor = server.Flavor!;
        var wall = usage.WallSeconds(window);
        return new CloudRecord
        {
            Benchmark = BenchmarkValue(flavor),
            BenchmarkType = WireText.Clean(Spec(flavor, _benchmark.TypeKey), WireText.MaxBenchmarkTypeLength),
            CloudComputeService = _service,
            CloudType = _cloudType,
            CpuCount = flavor.Vcpus,
            CpuDuration = Math.Max(1, wall * flavor.Vcpus),
            Disk = flavor.DiskGiB + flavor.EphemeralGiB,
            EndTime = usage.EndIn(window)?.ToUnixTimeSeconds() ?? 0,
            Fqan = WireText.Clean(owner.Vo) ?? "",
            GlobalUserName = WireText.Clean(owner.UserName),
            ImageId = WireText.Clean(owner.ImageId),
            LocalGroupId = WireText.Clean(server.TenantId),
            LocalUserId = WireText.Clean(server.UserId),
            MachineName = WireText.Clean(server.Name),
            Memory = flavor.RamMiB,
            PublicIpCount = server.FloatingAddresses,
            SiteName = _site,
            StartTime = usage.Start.ToUnixTimeSeconds(),
            Status = usage.Status(server, window),
            VmUuid = WireText.Clean(server.Id)!,
            WallDuration = wall,
        };
    }

    /// <summary>
    /// The record of the server's accelerators in the window's month. Null when the flavor does not fully describe
    /// any, or the server did not exist in that month.
    /// </summary>
    /// <exception cref="FormatException">The flavor's number of accelerators is not a number.</exception>
    public AcceleratorRecord? Accelerator(Server server, ServerUsage usage, UsageWindow window, Owner owner)
    {
        var flavor = server.Flavor!;
        var type = WireText.Clean(Spec(flavor, "Accelerator:Type"));
        var vendor = WireText.Clean(Spec(flavor, "Accelerator:Vendor"));
        var model = WireText.Clean(Spec(flavor, "Accelerator:Model"));
        var number = WireText.Clean(Spec(flavor, "Accelerator:Number"));
        var seconds = usage.SecondsInMonth(window);
        if (type is null || vendor is null || model is null || number is null || seconds == 0)
        {
            return null;
        }

        return new AcceleratorRecord
        {
            SiteName = _site,
            CloudType = _cloudType,
            CloudComputeService = _service,
            AssociatedRecord = WireText.Clean(server.Id)!,
            GlobalUserName = WireText.Clean(owner.UserName),
            Fqan = WireText.Clean(owner.Vo) ?? "",
            Count = Number(number, flavor.Name),
            AvailableDuration = seconds,
            MeasurementMonth = window.From.UtcDateTime.Month,
            MeasurementYear = window.From.UtcDateTime.Year,
            Type = type,
            Model = WireText.Clean($"{vendor} {model}")!,
        };
    }

    /// <summary>Somebody's public addresses.</summary>
    public IpRecord Ip(ProjectChoice project, IpCount count) =>
        new()
        {
            SiteName = _site,
            CloudType = _cloudType,
            CloudComputeService = _service,
            LocalUser = WireText.Clean(count.Owner),
            GlobalUserName = WireText.Clean(count.Name) ?? WireText.Clean(count.Owner),
            LocalGroup = project.Id!,
            Fqan = WireText.Clean(project.Vo) ?? "",
            IpVersion = count.Version,
            IpCount = count.Count,
            MeasurementTime = count.Measured.ToUnixTimeSeconds(),
        };

    /// <summary>A volume during a part of a day.</summary>
    public StorageRecord Storage(
        Volume volume,
        ProjectChoice project,
        string? userName,
        UsageWindow part,
        DateTimeOffset now
    ) =>
        new()
        {
            RecordId = string.Create(
                CultureInfo.InvariantCulture,
                $"{WireText.Clean(volume.Id)}/{part.To.UtcDateTime:yyyy-MM-dd}"
            ),
            CreateTime = StorageRecord.Time(now),
            StorageSystem = _service,
            Site = _site,
            StorageMedia = "disk",
            StorageClass = volume.VolumeType is NoVolumeType ? null : WireText.Clean(volume.VolumeType),
            LocalUser = WireText.Clean(volume.UserId),
            LocalGroup = project.Id!,
            UserIdentity = WireText.Clean(userName),
            Group = WireText.Clean(project.Vo) ?? "",
            StartTime = StorageRecord.Time(part.From),
            EndTime = StorageRecord.Time(part.To),
            ResourceCapacityUsed = volume.SizeGiB << 30,
        };

    private static decimal Number(string text, string flavor) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"Accelerator:Number of flavor {flavor} is '{text}', not a number");

    private double? BenchmarkValue(ServerFlavor flavor) =>
        double.TryParse(
            Spec(flavor, _benchmark.ValueKey),
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var value
        ) && double.IsFinite(value)
            ? Math.Round(value, 3)
            : null;

    private static string? Spec(ServerFlavor flavor, string key) => flavor.ExtraSpecs?.GetValueOrDefault(key);
}
