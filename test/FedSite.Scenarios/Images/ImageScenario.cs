using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;
using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.Images;

/// <summary>One site with VOs <c>vo.a.example</c> and <c>vo.b.example</c>, and repositories of its own in the open registry.</summary>
[Collection(ImagesCollection.Name)]
public abstract class ImageScenario(ProjectsOnce once) : IAsyncLifetime
{
    private readonly List<ImageSite> _sites = [];
    private RawRegistry? _registry;
    private ImageProjects? _projects;
    private string? _folder;

    private protected TestCloud Cloud { get; } = Require.Cloud();
    private protected TestRegistry Registries { get; } = Require.Registry();
    private protected ImageProjects Projects => _projects!;
    private protected SeenGlance Glance => Projects.Glance;
    private protected RawRegistry Registry => _registry!;

    /// <summary>Of the registry: this test's own.</summary>
    private protected string Project { get; } = $"p{Guid.CreateVersion7():N}";

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Require.Program("/usr/bin/qemu-img", "qemu-utils");
        _registry = new RawRegistry(Registries.Open);
        _projects = await once.GetAsync(Cloud);
        _folder = Directory.CreateTempSubdirectory("fedsite-images-").FullName;
    }

    public async ValueTask DisposeAsync()
    {
        if (_projects is not null)
        {
            await _projects.Glance.RemoveAllAsync();
        }
        _registry?.Dispose();
        _sites.ForEach(site => site.Dispose());
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
        GC.SuppressFinalize(this);
    }

    private protected ImageSite Site(Uri? registry = null, string more = "") => Site(Projects.Keeper, registry, more);

    private protected ImageSite Site(SeededAccount account, Uri? registry = null, string more = "")
    {
        var site = new ImageSite
        {
            OpenStack = Projects.Account(account),
            Vos = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                ["vo.a.example"] = [Projects.A],
                ["vo.b.example"] = [Projects.B],
            },
            Sources = [$"{{registry: \"{registry ?? Registries.Open}\", project: {Project}{more}}}"],
        };
        _sites.Add(site);
        return site;
    }

    private protected string Slot(string repository, string tag, Uri? registry = null) =>
        $"{(registry ?? Registries.Open).Authority}/{Project}/{repository}:{tag}";

    private protected async Task<PushedArtefact> PushAsync(
        string text,
        RawRegistry? registry = null,
        string repository = "debian",
        string tag = "12",
        string created = "2026-10-01T05:00:00Z"
    ) =>
        await new PushedArtefact
        {
            Repository = $"{Project}/{repository}",
            File = await Qcow2Async(text),
            Created = created,
        }.PushAsync(registry ?? Registry, tag, Ct);

    /// <summary>Made by <c>qemu-img</c> of a disk of 1.5 MiB that begins with the text.</summary>
    private protected async Task<byte[]> Qcow2Async(string text)
    {
        var disk = new byte[3 << 19];
        System.Text.Encoding.UTF8.GetBytes(text, disk);
        new Random(5).NextBytes(disk.AsSpan(4096, 100_000));
        await File.WriteAllBytesAsync(InFolder("disk"), disk, Ct);
        await QemuImgAsync("convert", "-c", "-f", "raw", "-O", "qcow2", "disk", "image");
        return await File.ReadAllBytesAsync(InFolder("image"), Ct);
    }

    private protected string InFolder(string file) => Path.Combine(_folder!, file);

    private protected Task<BufferedCommandResult> QemuImgAsync(params string[] arguments) =>
        Cli.Wrap("/usr/bin/qemu-img")
            .WithArguments(arguments)
            .WithWorkingDirectory(_folder!)
            .ExecuteBufferedAsync(Ct)
            .Task;
}
