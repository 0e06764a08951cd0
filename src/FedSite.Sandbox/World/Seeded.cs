using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FedSite.Sandbox.World;

/// <summary>What a new world holds besides servers.</summary>
internal sealed class Seeded
{
    private static readonly string[] KnownVos = ["vo.access.egi.eu", "fedcloud.egi.eu", "biomed"];
    private readonly ulong _seed;

    public Seeded(SandboxOptions options)
    {
        _seed = unchecked((ulong)options.Seed);
        EgiDomain = new SandboxDomain
        {
            Id = Hex("domain", 0),
            Name = "egi.eu",
            Description = "federated users",
        };
        AdminProject = new SandboxProject
        {
            Id = Hex("project", -1),
            Name = "admin",
            Description = "Bootstrap project for initializing the cloud.",
        };
        ServiceProject = new SandboxProject { Id = Hex("project", -2), Name = "service" };
        LeftUserId = Hex("user", -1);
        for (var number = 0; number < options.Projects + options.ProjectsWithoutVo; number++)
        {
            AddProject(number, hasVo: number < options.Projects, options.UsersPerProject);
        }
        Flavors = [.. NamedFlavors(), .. MoreFlavors(options.Flavors)];
        Images = [.. Enumerable.Range(0, options.Images).Select(MakeImage)];
    }

    public SandboxDomain EgiDomain { get; }
    public SandboxProject AdminProject { get; }
    public SandboxProject ServiceProject { get; }

    /// <summary>Owner of some servers whom Keystone has forgotten.</summary>
    public string LeftUserId { get; }
    public List<SandboxProject> Projects { get; } = [];
    public List<SandboxUser> Users { get; } = [];

    /// <summary>Ids of each project's users.</summary>
    public List<string[]> UserIds { get; } = [];
    public IReadOnlyList<SandboxFlavor> Flavors { get; }
    public IReadOnlyList<SandboxImage> Images { get; }

    /// <summary>An id for the n-th thing of a kind; negative numbers are for the ones with a name.</summary>
    public string Hex(string kind, long number)
    {
        var hash = kind.Aggregate(_seed, (before, letter) => Mix.Of(before, letter));
        return Mix.Hex(hash, unchecked((ulong)number));
    }

    public string Uuid(string kind, long number) => Guid.ParseExact(Hex(kind, number), "N").ToString();

    private void AddProject(int number, bool hasVo, int users)
    {
        var name =
            hasVo && number < KnownVos.Length
                ? KnownVos[number]
                : string.Create(CultureInfo.InvariantCulture, $"{(hasVo ? "vo" : "local")}-{number + 1:d4}.example.eu");
        var project = new SandboxProject
        {
            Id = Hex("project", number),
            Name = name,
            Description = $"Resources of {name}",
            Tags = !hasVo || number % 3 != 2 ? ["caso"] : [],
            Properties = hasVo
                ? new Dictionary<string, IReadOnlyList<string>> { ["egi.VO"] = [name] }
                : new Dictionary<string, IReadOnlyList<string>>(),
        };
        Projects.Add(project);
        var ids = new string[Math.Max(1, users)];
        for (var user = 0; user < ids.Length; user++)
        {
            var overall = ((long)number * ids.Length) + user;
            var person = PersonalName(overall);
            ids[user] = Hex("user", overall);
            Users.Add(
                new SandboxUser
                {
                    Id = ids[user],
                    Name = person,
                    DomainId = EgiDomain.Id,
                    Federated = [new("egi.eu", "openid", Uri.EscapeDataString(person))],
                }
            );
        }
        UserIds.Add(ids);
    }

    private string PersonalName(long number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"sandbox {_seed} user {number}");
        return $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}@egi.eu";
    }

    private SandboxFlavor Flavor(int number, string name, int vcpus, int ram, int disk, params string[] specs) =>
        new()
        {
            Id = Uuid("flavor", number),
            Name = name,
            Vcpus = vcpus,
            Ram = ram,
            Disk = disk,
            ExtraSpecs = specs.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]),
        };

    private SandboxFlavor[] NamedFlavors() =>
        [
            Flavor(0, "m1.tiny", 1, 512, 1),
            Flavor(1, "m1.small", 1, 2048, 20),
            Flavor(2, "m1.medium", 2, 4096, 40),
            Flavor(3, "m1.large", 4, 8192, 80) with
            {
                Ephemeral = 20,
                Swap = 1024,
            },
            Flavor(4, "m1.xlarge", 8, 16384, 160),
            Flavor(5, "c1.volume", 2, 4096, 0),
            Flavor(
                6,
                "hep.large",
                8,
                16384,
                100,
                "accounting:benchmark_type",
                "HEPscore23",
                "accounting:benchmark_value",
                "17.5"
            ),
            Flavor(
                7,
                "hep.old",
                4,
                8192,
                100,
                "accounting:benchmark_type",
                "HEPSPEC06",
                "accounting:benchmark_value",
                "99"
            ),
            Flavor(8, "gpu.a100", 8, 65536, 100, Accelerator("1", "NVIDIA", "A100")),
            Flavor(9, "gpu.a100.x4", 32, 262144, 400, Accelerator("4", "NVIDIA", "A100")),
            Flavor(10, "gpu.half", 4, 16384, 50, Accelerator("0.5", "NVIDIA", "T4")),
            Flavor(
                11,
                "gpu.unnamed",
                4,
                16384,
                50,
                "Accelerator:Type",
                "GPU",
                "Accelerator:Number",
                "1",
                "resources:VGPU",
                "1"
            ),
            Flavor(12, "m0.withdrawn", 2, 2048, 10) with
            {
                Removed = true,
            },
        ];

    /// <param name="listed">How many there are together with the named ones.</param>
    private IEnumerable<SandboxFlavor> MoreFlavors(int listed)
    {
        var named = NamedFlavors();
        for (var number = named.Length; number < listed + named.Count(f => f.Removed); number++)
        {
            var vcpus = 1 << (number % 6);
            yield return Flavor(
                number,
                string.Create(CultureInfo.InvariantCulture, $"x{vcpus}.{number}"),
                vcpus,
                vcpus * 4096,
                20,
                (number % 10) switch
                {
                    3 => ["trait:HW_ARCH_AARCH64", "required"],
                    8 => Accelerator("0.5", "NVIDIA", "A100"),
                    _ => [],
                }
            );
        }
    }

    private static string[] Accelerator(string number, string vendor, string model) =>
        [
            "Accelerator:Type",
            "GPU",
            "Accelerator:Number",
            number,
            "Accelerator:Vendor",
            vendor,
            "Accelerator:Model",
            model,
            .. number.Contains('.', StringComparison.Ordinal)
                ? ["resources:VGPU", "1"]
                : (string[])["pci_passthrough:alias", $"{model.ToLowerInvariant()}:{number}"],
        ];

    private SandboxImage MakeImage(int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var properties = new Dictionary<string, string> { ["os_distro"] = "ubuntu", ["os_version"] = "22.04" };
        if (number % 2 == 0)
        {
            properties["vmcatcher_event_ad_mpuri"] = $"https://appdb.example.org/store/vm/image/{text}:{text}/";
        }
        else
        {
            properties["ad:mpuri"] = $"https://appdb.example.org/store/vo/image/{text}";
        }
        return new SandboxImage
        {
            Id = Uuid("image", number),
            Name = $"EGI Image {text}",
            OwnerId = AdminProject.Id,
            Visibility = number % 10 == 9 ? "community" : "public",
            Properties = properties,
        };
    }
}
