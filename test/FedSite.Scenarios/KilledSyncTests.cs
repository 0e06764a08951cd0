using System.Globalization;
using System.Security.Cryptography;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.Sandbox.World;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios;

/// <summary>The program, killed while it brings images, whose tags move meanwhile.</summary>
public sealed class KilledSyncTests : IAsyncLifetime
{
    private readonly SemaphoreSlim _never = new(0);
    private const int ImageBytes = 3 << 20;
    private static readonly string[] Names = ["debian", "ubuntu", "alpine"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-killed-").FullName;
    private readonly HashSet<string> _pushed = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private FederationSandbox _sandbox = null!;
    private int _seed;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IEnumerable<SandboxImage> Images =>
        _sandbox.World.Images.Where(image => image.Properties.ContainsKey("fedsite_slot"));

    private List<SandboxProject> Vos =>
        [.. _sandbox.World.SeededProjects.Where(p => p.Properties.ContainsKey("egi.VO"))];

    public async ValueTask InitializeAsync()
    {
        var options = new SandboxOptions
        {
            Projects = 2,
            ProjectsWithoutVo = 1,
            Servers = 0,
            // It stands still, so that tokens and images are of no time at all.
            TimeProvider = new StandingTime(TimeProvider.System.GetUtcNow()),
        };
        _sandbox = await FederationSandbox.StartAsync(options, Stop);
        await File.WriteAllTextAsync(Path.Combine(_folder, "site.yaml"), Yaml(), Stop);
        // Slow enough to be hit.
        _sandbox.World.ImageTerms.Received = (_, _) => _never.Wait(4);
    }

    public async ValueTask DisposeAsync()
    {
        _never.Dispose();
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task No_image_is_lost_or_doubled_or_half_there_after_20_kills() => KillAsync(20);

    [Fact]
    [Trait("Category", "Long")]
    public Task No_image_is_lost_or_doubled_or_half_there_after_200_kills() => KillAsync(200);

    private async Task KillAsync(int rounds)
    {
        foreach (var name in Names)
            Push(name);
        await RunAsync(killAfter: null);
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                Times = int.MaxValue,
                When = request =>
                {
                    Look($"{request.Method} {request.Path}");
                    return false;
                },
            }
        );
        Push(Names[0]);
        var whole = await RunAsync(killAfter: null);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var name in Names.Where(_ => Random.Shared.Next(2) == 0))
                Push(name);
            // Nothing happens before the program has started up.
            await RunAsync(whole * (0.3 + (1.2 * Random.Shared.NextDouble())));
            Look($"the end of round {round}");
        }

        await RunAsync(killAfter: null);

        Look("the end");
        Assert.Empty(_faults);
        Assert.All(Images, image => Assert.True(IsComplete(image), $"half there: {image}"));
        foreach (var name in Names)
        {
            var image = Assert.Single(
                Images,
                image => !image.Hidden && Slot(image).EndsWith($"/{name}:1", StringComparison.Ordinal)
            );
            Assert.Equal(
                Vos.Select(vo => vo.Id).Order(),
                image.Members.Where(m => m.Value == "accepted").Select(m => m.Key).Order()
            );
        }
    }

    /// <summary>Each VO sees each image, and none that is half there.</summary>
    private void Look(string when)
    {
        foreach (var (name, vo) in Names.SelectMany(_ => Vos, (name, vo) => (name, vo)))
        {
            if (
                !Images.Any(i =>
                    Slot(i).EndsWith($"/{name}:1", StringComparison.Ordinal) && IsComplete(i) && Sees(i, vo.Id)
                )
            )
                _faults.Add($"before {when}: {name} is not to be seen in {vo.Name}");
        }
        foreach (var image in Images.Where(i => !IsComplete(i) && Vos.Any(vo => Sees(i, vo.Id))))
            _faults.Add($"before {when}: {image} can be seen");
    }

    private static string Slot(SandboxImage image) => image.Properties["fedsite_slot"];

    private static bool Sees(SandboxImage image, string project) =>
        image is { Hidden: false, Status: "active", Visibility: "shared" }
        && image.Members.GetValueOrDefault(project) == "accepted";

    private bool IsComplete(SandboxImage image) =>
        image is { Status: "active", Sha512: { } sum }
        && _pushed.Contains(sum)
        && image.Properties.GetValueOrDefault("fedsite_sha512") == sum;

    private void Push(string name)
    {
        var content = SandboxContent.Pattern(ImageBytes, ++_seed);
        var bytes = new byte[ImageBytes];
        content.Read(0, bytes);
        _pushed.Add(Convert.ToHexStringLower(SHA512.HashData(bytes)));
        _sandbox.Registry.PushImage(
            $"vms/{name}",
            ["1"],
            content,
            ofManifest: new Dictionary<string, string>
            {
                ["org.opencontainers.image.created"] = DateTimeOffset
                    .UnixEpoch.AddDays(20_000)
                    .AddHours(_seed)
                    .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            },
            mediaType: "application/x-raw-disk-image"
        );
    }

    private Task<TimeSpan> RunAsync(TimeSpan? killAfter) =>
        KillableProgram.RunAsync(
            ["images", "sync", "--quiet", "--config", Path.Combine(_folder, "site.yaml")],
            killAfter,
            Stop
        );

    private string Yaml() =>
        $$"""
            site: {name: TEST-SITE, service: cloud.example.org}
            openstack:
              auth: {auth_url: "{{_sandbox.KeystoneUrl}}", username: accounting, password: {{CloudWorld.Password}}, user_domain_name: Default}
              region_name: {{FederationSandbox.Region}}
            images:
              cache: {{Path.Combine(_folder, "cache")}}
              sources:
                - {registry: "{{_sandbox.RegistryUrl.GetLeftPart(UriPartial.Authority)}}", project: vms}
              keep: {versions: 1, days: 0}
              openstack:
                auth: {auth_url: "{{_sandbox.KeystoneUrl}}", username: accounting, password: {{CloudWorld.Password}}, user_domain_name: Default, project_name: {{_sandbox.World.SeededProjects.Single(
                p => !p.Properties.ContainsKey("egi.VO")
            ).Name}}, project_domain_name: Default}
                region_name: {{FederationSandbox.Region}}
            state: {{Path.Combine(_folder, "state")}}

            """;
}
