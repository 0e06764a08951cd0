using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.Federation.Catchall;
using FedSite.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Federation.Catchall;

/// <summary>
/// Files of sites of all shapes, made up; and the real ones where <c>FEDSITE_CATCHALL_DATA</c> names a folder with
/// <c>sites/*.yaml</c> of the central operations.
/// </summary>
public sealed class CatchallRoundTripTests : IDisposable
{
    private readonly TextFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Files() => [.. Folders().SelectMany(Directory.GetFiles).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_written_means_what_was_read(string file)
    {
        var site = CatchallFile.Load(file).Site;

        Assert.Empty(Differences(site, CatchallText.Write(site)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task By_way_of_site_yaml_the_same_file_comes_out(string file)
    {
        var read = CatchallFile.Load(file);

        var rendered = await RenderAsync(Import(read));

        Assert.Empty(Differences(read.Site, rendered));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_of_the_cloud_is_managed_by_what_is_imported(string file)
    {
        var site = Import(CatchallFile.Load(file));

        Assert.All(
            SiteVo.Of(site, new Dictionary<string, IReadOnlyList<string>>()),
            vo => Assert.False(vo.IsManaged, vo.Name)
        );
    }

    private SiteConfig Import(CatchallFile file)
    {
        var text = new NewSiteFile(file.Site.Name) { Federation = CatchallImport.Sections(file) }.ToYaml();
        return SiteFile.Load(_folder.Write("site.yaml", text), new HostEnvironment(_ => null, _folder.Path)).Config;
    }

    private static async Task<string> RenderAsync(SiteConfig site)
    {
        var federation = site.Federation!;
        // Else GOCDB would be asked, which has none of these.
        var told = site with
        {
            Federation = federation with { Catchall = federation.Catchall with { Endpoint = federation.Keystone } },
        };
        var renderer = new CatchallRenderer(
            told,
            () => throw new InvalidOperationException("the cloud is not needed"),
            TimeProvider.System,
            NullLogger.Instance
        );
        return (await renderer.RenderAsync(TestContext.Current.CancellationToken)).Files[0].Content;
    }

    private static IReadOnlyList<string> Differences(CatchallSite old, string text) =>
        CatchallComparison.Differences(old, CatchallFile.Parse(text, "new.yaml").Site);

    private static IEnumerable<string> Folders()
    {
        yield return Path.Combine(Here(), "Sites");
        if (Environment.GetEnvironmentVariable("FEDSITE_CATCHALL_DATA") is { Length: > 0 } real)
            yield return Path.Combine(real, "sites");
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
