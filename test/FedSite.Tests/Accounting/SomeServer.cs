using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using FedSite.OpenStack.Compute;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Accounting;

/// <summary>Servers for tests: any valid one, of which a test changes what it is about.</summary>
internal static class SomeServer
{
    public static Server Active { get; } =
        new()
        {
            Id = "0b5d9c8e-6a2f-4f55-9d1c-2f6f9a3f1c01",
            Name = "web-1",
            Status = "ACTIVE",
            TenantId = "11111111111111111111111111111111",
            UserId = "22222222222222222222222222222222",
            Created = At("2026-10-20T08:00:00Z"),
            Updated = At("2026-10-20T08:01:00Z"),
            LaunchedAt = At("2026-10-20T08:00:40Z"),
            ImageId = "33333333-3333-3333-3333-333333333333",
            Flavor = new ServerFlavor
            {
                Name = "m1.medium",
                Vcpus = 2,
                RamMiB = 4096,
                DiskGiB = 40,
                EphemeralGiB = 10,
                ExtraSpecs = new Dictionary<string, string>(),
            },
            FloatingAddresses = 1,
        };

    /// <summary>As Nova shows it.</summary>
    public static Server Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return ServerReader.Read(ref reader);
    }

    /// <summary>A live one for a sandbox, not put there yet.</summary>
    public static SandboxServer InSandbox(CloudWorld world, string project, string user) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Name = "web-1",
            Status = "ACTIVE",
            ProjectId = project,
            UserId = user,
            FlavorId = world.Flavors.First().Id,
            Created = At("2026-11-03T08:00:00Z"),
            LaunchedAt = At("2026-11-03T08:00:40Z"),
            Updated = At("2026-11-03T08:00:40Z"),
        };

    public static IReadOnlyDictionary<string, string> Gpu(string number = "2") =>
        new Dictionary<string, string>
        {
            ["Accelerator:Type"] = "GPU",
            ["Accelerator:Vendor"] = "NVIDIA",
            ["Accelerator:Model"] = "Tesla V100",
            ["Accelerator:Number"] = number,
        };

    public static Server Deleted(string at) =>
        Active with
        {
            Status = "DELETED",
            TerminatedAt = At(at),
            Updated = At(at),
            FloatingAddresses = 0,
        };

    /// <summary>Servers that lived within the last two years before 2026-12-01.</summary>
    public static Gen<Server> Any { get; } =
        from created in Gen.Long[1_733_000_000, 1_796_000_000]
        from life in Gen.Long[1, 40_000_000]
        from fate in Gen.Int[0, 3]
        from vcpus in Gen.Int[0, 64]
        select Active with
        {
            Created = DateTimeOffset.FromUnixTimeSeconds(created),
            LaunchedAt = fate == 3 ? null : DateTimeOffset.FromUnixTimeSeconds(created + 1),
            TerminatedAt = fate == 2 ? DateTimeOffset.FromUnixTimeSeconds(created + life) : null,
            Status =
                fate == 0 ? "ACTIVE"
                : fate == 1 ? "SHUTOFF"
                : fate == 2 ? "DELETED"
                : "ERROR",
            Flavor = Active.Flavor! with { Vcpus = vcpus, ExtraSpecs = Gpu() },
        };

    /// <summary>Texts of any characters, with the formats' own signs among them.</summary>
    public static Gen<string> AnyText { get; } =
        Gen.OneOf(
                Gen.Char[' ', '~'].Select(c => c.ToString()),
                Gen.Int[1, 0xd7ff].Select(c => ((char)c).ToString()),
                Gen.Const("%"),
                Gen.Const("None"),
                Gen.Const("\n"),
                Gen.Const("ü"),
                Gen.Const("pkcs7-mime"),
                Gen.Const("\ud800")
            )
            .Array[0, 300]
            .Select(string.Concat);

    public static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
