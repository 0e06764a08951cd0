using System.Globalization;
using System.Security.Cryptography;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.Sandbox.World;
using FedSite.TestKit;
using FedSite.Tests.App;

namespace FedSite.Tests.Images.Sync;

/// <summary>
/// A site whose images come from the sandbox's registry and go into its Glance, and the program to run on it. The clock
/// stands still. The images' owner is a project of no VO.
/// </summary>
internal sealed class SyncSite : IAsyncDisposable
{
    public const string Project = "vms";
    public static readonly DateTimeOffset Start = new(2026, 10, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-images-").FullName;

    private SyncSite(FederationSandbox sandbox, StandingTime time)
    {
        Sandbox = sandbox;
        Time = time;
        Vos =
        [
            .. sandbox
                .World.SeededProjects.Where(project => project.Properties.ContainsKey("egi.VO"))
                .OrderBy(project => project.Name, StringComparer.Ordinal),
        ];
        Owner = sandbox.World.SeededProjects.Single(project => !project.Properties.ContainsKey("egi.VO"));
        foreach (var repository in Registry.Repositories)
            Registry.RemoveRepository(repository);
        foreach (var image in World.Images.ToList())
            World.RemoveImage(image.Id);
        Sources = [$"{{registry: \"{Url}\", project: {Project}}}"];
        Watch = new ImageWatch(this);
    }

    public FederationSandbox Sandbox { get; }
    public StandingTime Time { get; }
    public CloudWorld World => Sandbox.World;
    public SandboxRegistry Registry => Sandbox.Registry;
    public SandboxTraffic Traffic => Sandbox.Traffic;

    /// <summary>One project a VO, named like it.</summary>
    public List<SandboxProject> Vos { get; }

    /// <summary>The project that has the images.</summary>
    public SandboxProject Owner { get; }

    /// <summary>Under <c>images.sources</c>.</summary>
    public List<string> Sources { get; }

    /// <summary>More lines under <c>images</c>.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>The user of <c>images.openstack</c>, and the project.</summary>
    public (string User, string Project) Account { get; set; } = ("accounting", "");

    /// <summary>What happens to the images while runs change them.</summary>
    public ImageWatch Watch { get; }

    /// <summary>Host and port of the registry.</summary>
    public string Host => Sandbox.RegistryUrl.Authority;
    public string Url => Sandbox.RegistryUrl.GetLeftPart(UriPartial.Authority);
    public string StateFolder => Path.Combine(_folder, "state");
    public string ConfigFile => Path.Combine(_folder, "site.yaml");

    /// <summary>What FedSite has in Glance.</summary>
    public IReadOnlyList<SandboxImage> Images =>
        [.. World.Images.Where(image => image.Properties.ContainsKey("fedsite_slot"))];

    /// <summary>SHA-512 of all that was ever pushed, so of all that may be in Glance.</summary>
    public HashSet<string> Pushed { get; } = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SyncSite> StartAsync(int vos = 3)
    {
        var time = new StandingTime(Start);
        var options = new SandboxOptions
        {
            TimeProvider = time,
            Projects = vos,
            ProjectsWithoutVo = 1,
            Servers = 0,
            VolumesPerProject = 0,
        };
        var site = new SyncSite(await FederationSandbox.StartAsync(options, Ct), time);
        site.Account = ("accounting", site.Owner.Name);
        return site;
    }

    public string Slot(string repository, string tag = "1") => $"{Host}/{Project}/{repository}:{tag}";

    /// <summary>Pushes a small image; each text is another one.</summary>
    public PushedImage Push(
        string repository,
        string text,
        string tag = "1",
        string project = Project,
        IReadOnlyDictionary<string, string>? annotations = null
    ) => Push(repository, SmallImage.Qcow2(text), tag, project, annotations);

    public PushedImage Push(
        string repository,
        byte[] content,
        string tag = "1",
        string project = Project,
        IReadOnlyDictionary<string, string>? annotations = null
    )
    {
        Pushed.Add(Convert.ToHexStringLower(SHA512.HashData(content)));
        return Registry.PushImage($"{project}/{repository}", [tag], SandboxContent.Of(content), annotations);
    }

    /// <summary>Runs <c>images sync</c> in this process.</summary>
    public Task<SyncRun> SyncAsync(string more = "") => RunAsync($"images sync {more}");

    public async Task<SyncRun> RunAsync(string command)
    {
        await WriteConfigurationAsync();
        using var terminal = new TestTerminal { Time = Time };
        var exit = await terminal.RunAsync($"{command} --quiet --output json --config {ConfigFile}");
        Watch.Look("the end of the run");
        return new SyncRun(exit, terminal.Out, terminal.Error);
    }

    /// <summary>A run that must end well.</summary>
    public async Task<SyncRun> GoodSyncAsync(string more = "")
    {
        var run = await SyncAsync(more);
        Assert.True(run.Exit is ExitCode.Done, run.ToString());
        return run;
    }

    public void Pass(TimeSpan time) => Time.MoveTo(Time.GetUtcNow() + time);

    public IReadOnlyList<SandboxImage> ImagesOf(string slot) =>
        [.. Images.Where(image => image.Properties["fedsite_slot"] == slot)];

    /// <summary>The one image of a slot that is not hidden.</summary>
    public SandboxImage Current(string slot) => Assert.Single(ImagesOf(slot), image => !image.Hidden);

    /// <summary>
    /// Each slot has one image that is not hidden, complete, verified and accepted by each of these VOs; nothing is half
    /// there.
    /// </summary>
    public void AssertWhole(params IReadOnlyList<string> slots)
    {
        foreach (var slot in slots)
        {
            var image = Current(slot);
            Assert.All(Vos, vo => Assert.True(ImageWatch.Sees(image, vo.Id), $"{vo.Name} does not see {image}"));
        }
        Assert.Equal(
            slots.Order(StringComparer.Ordinal),
            Images
                .Where(image => !image.Hidden)
                .Select(image => image.Properties["fedsite_slot"])
                .Order(StringComparer.Ordinal)
        );
        Assert.All(Images, image => Assert.True(IsComplete(image), $"half there: {image}"));
        Assert.All(
            Images.Where(image => image.Visibility == "shared" && !image.Hidden),
            image => Assert.Equal(Vos.Select(vo => vo.Id).Order(), image.Members.Keys.Order())
        );
    }

    /// <summary>All bytes are those of something that was pushed, and FedSite has compared them.</summary>
    public bool IsComplete(SandboxImage image) =>
        image is { Status: "active", Sha512: { } sum }
        && Pushed.Contains(sum)
        && image.Properties.GetValueOrDefault("fedsite_sha512") == sum;

    /// <summary>A server of a VO that was started from an image.</summary>
    public SandboxServer Boot(SandboxImage image, SandboxProject project)
    {
        var server = new SandboxServer
        {
            Id = Guid.CreateVersion7(),
            Name = "booted",
            Status = "ACTIVE",
            ProjectId = project.Id,
            UserId = World.Member.Id,
            FlavorId = World.Flavors.First().Id,
            ImageId = image.Id,
            Created = Time.GetUtcNow(),
            LaunchedAt = Time.GetUtcNow(),
        };
        World.Put(server);
        return server;
    }

    public void ForgetState() => Directory.Delete(StateFolder, recursive: true);

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task WriteConfigurationAsync() =>
        File.WriteAllTextAsync(
            ConfigFile,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                site: {name: TEST-SITE, service: cloud.example.org}
                openstack:
                  auth: {auth_url: "{{Sandbox.KeystoneUrl}}", username: accounting, password: {{CloudWorld.Password}}, user_domain_name: Default}
                  region_name: {{FederationSandbox.Region}}
                accounting: {vo_property: [none]}
                vos:
                {{string.Join('\n', Vos.Select(vo => $"  - {{name: {vo.Name}, projects: [{{id: {vo.Id}}}]}}"))}}
                images:
                  cache: {{Path.Combine(_folder, "cache")}}
                  sources:
                {{string.Join('\n', Sources.Select(source => $"    - {source}"))}}
                {{string.Join('\n', Settings.Select(setting => $"  {setting}"))}}
                  openstack:
                    auth: {auth_url: "{{Sandbox.KeystoneUrl}}", username: {{Account.User}}, password: {{CloudWorld.Password}}, user_domain_name: Default, project_name: {{Account.Project}}, project_domain_name: Default}
                    region_name: {{FederationSandbox.Region}}
                state: {{StateFolder}}

                """
            ),
            Ct
        );
}
