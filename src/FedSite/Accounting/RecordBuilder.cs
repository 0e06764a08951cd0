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

/// <summary>Turns servers into usage records. Field values: docs/records.md.</summary>
internal sealed class RecordBuilder
{
    /// <summary>What Cinder calls the type of volumes for which nobody chose one.</summary>
    private const string NoVolumeType = "__DEFAULT__";

    private readonly string _site;
    private readonly string _service;
    private readonly string _cloudType;
    private readonly BenchmarkConfig _benchmark;
    private readonly bool _likeCaso;

    public RecordBuilder(string site, string service, AccountingConfig config)
    {
        _site = WireText.Clean(site)!;
        _service = WireText.Clean(service)!;
        _benchmark = config.Benchmark;
        _likeCaso = config.Compat is AccountingConfig.Caso5;
        _cloudType = _likeCaso ? "caso/5.2.2 (OpenStack)" : $"{ProductInfo.Name}/{ProductInfo.Version} (OpenStack)";
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
            Fqan = Text(owner.Vo) ?? "",
            GlobalUserName = Text(owner.UserName),
            ImageId = Text(owner.ImageId),
            LocalGroupId = Text(server.TenantId),
            LocalUserId = Text(server.UserId),
            MachineName = Text(server.Name) ?? (_likeCaso ? "" : null),
            Memory = flavor.RamMiB,
            PublicIpCount = server.FloatingAddresses,
            SiteName = _site,
            StartTime = usage.Start.ToUnixTimeSeconds(),
            Status = usage.Status(server, window, _likeCaso),
            VmUuid = Text(server.Id)!,
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
        var type = Text(Spec(flavor, "Accelerator:Type"));
        var vendor = Text(Spec(flavor, "Accelerator:Vendor"));
        var model = Text(Spec(flavor, "Accelerator:Model"));
        var number = Text(Spec(flavor, "Accelerator:Number"));
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
            AssociatedRecord = Text(server.Id)!,
            GlobalUserName = Text(owner.UserName),
            Fqan = Text(owner.Vo) ?? "",
            Count = Number(number, flavor.Name),
            AvailableDuration = seconds,
            MeasurementMonth = window.From.UtcDateTime.Month,
            MeasurementYear = window.From.UtcDateTime.Year,
            Type = type,
            Model = Text($"{vendor} {model}")!,
        };
    }

    /// <summary>Somebody's public addresses. Those of cASO belong to the whole project.</summary>
    public IpRecord Ip(ProjectChoice project, IpCount count) =>
        new()
        {
            SiteName = _site,
            CloudType = _cloudType,
            CloudComputeService = _service,
            Uuid = _likeCaso ? Guid.CreateVersion7().ToString() : null,
            LocalUser = _likeCaso ? null : WireText.Clean(count.Owner),
            GlobalUserName = _likeCaso ? null : WireText.Clean(count.Name) ?? WireText.Clean(count.Owner),
            LocalGroup = project.Id!,
            Fqan = Text(project.Vo) ?? "",
            IpVersion = count.Version,
            IpCount = count.Count,
            MeasurementTime = count.Measured.ToUnixTimeSeconds(),
        };

    /// <summary>A volume during a part of a day; of cASO, during the window up to now.</summary>
    public StorageRecord Storage(
        Volume volume,
        ProjectChoice project,
        string? userName,
        UsageWindow part,
        DateTimeOffset now
    )
    {
        var type = volume.VolumeType is NoVolumeType ? null : volume.VolumeType;
        return new StorageRecord
        {
            RecordId = _likeCaso
                ? Text(volume.Id)!
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{WireText.Clean(volume.Id)}/{part.To.UtcDateTime:yyyy-MM-dd}"
                ),
            CreateTime = Time(now),
            StorageSystem = _service,
            Site = _site,
            StorageMedia = _likeCaso ? null : "disk",
            StorageClass = _likeCaso ? null : WireText.Clean(type),
            LocalUser = Text(volume.UserId),
            LocalGroup = project.Id!,
            UserIdentity = Text(userName),
            Group = Text(project.Vo) ?? "",
            StartTime = Time(part.From),
            EndTime = Time(part.To),
            ResourceCapacityUsed = volume.SizeGiB << 30,
        };
    }

    /// <summary>ISO 8601 to the second; cASO writes microseconds where there are some, and no zone.</summary>
    private string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(
            !_likeCaso ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
                : time.Microsecond + (1000 * time.Millisecond) > 0 ? "yyyy-MM-dd'T'HH:mm:ss.ffffff"
                : "yyyy-MM-dd'T'HH:mm:ss",
            CultureInfo.InvariantCulture
        );

    private string? Text(string? text) => _likeCaso ? WireText.CleanLikeCaso(text) : WireText.Clean(text);

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
            ? (_likeCaso ? value : Math.Round(value, 3))
            : null;

    private static string? Spec(ServerFlavor flavor, string key) => flavor.ExtraSpecs?.GetValueOrDefault(key);
}
