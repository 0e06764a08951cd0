using System.Text.Json.Nodes;
using CliWrap.Buffered;
using FedSite.Sandbox;
using FedSite.Sandbox.Gocdb;
using FedSite.TestKit;

namespace FedSite.Scenarios.Information;

/// <summary>The real cloud as a site that GOCDB, which is the sandbox's, knows.</summary>
internal sealed class SiteInGocdb : IAsyncDisposable
{
    public const string Id = "4711G0";

    private readonly FederationSandbox _sandbox;

    private SiteInGocdb(TestSite site, FederationSandbox sandbox) => (Site, _sandbox) = (site, sandbox);

    public TestSite Site { get; }

    /// <summary>Requests to GOCDB so far.</summary>
    public long GocdbRequests => _sandbox.Traffic.Requests(SandboxService.Gocdb);

    /// <param name="keystone">Its URL.</param>
    /// <param name="openstack">The section <c>openstack</c>, indented by two blanks.</param>
    /// <param name="information">Further keys of the section <c>information</c>, indented by two blanks.</param>
    public static async Task<SiteInGocdb> StartAsync(Uri keystone, string openstack, string information = "")
    {
        var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 0, VolumesPerProject = 0 },
            CancellationToken.None
        );
        sandbox.Gocdb.Put(
            new RegisteredService
            {
                Id = Id,
                Site = "TEST-SITE",
                Host = "cloud.example.org",
                Url = keystone.ToString(),
            }
        );
        var site = await TestSite.StartAsync(
            openstack,
            $$"""
            information:
              gocdb: {url: "{{sandbox.GocdbUrl}}"}
            {{information}}

            """
        );
        return new SiteInGocdb(site, sandbox);
    }

    /// <summary>Runs <c>fedsite info show</c>, which must do it.</summary>
    public async Task<(JsonObject Document, BufferedCommandResult Run)> ShowAsync(params string[] arguments)
    {
        var run = await Site.RunAsync(["info", "show", .. arguments]);
        Assert.True(run.ExitCode == 0, run.StandardError);
        return ((JsonObject)JsonNode.Parse(run.StandardOutput)!, run);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await _sandbox.DisposeAsync();
    }
}
