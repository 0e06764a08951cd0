using FedSite.Configuration;
using FedSite.Federation.Catchall;
using FedSite.Federation.Rendering;
using FedSite.OpenStack;
using FedSite.Sandbox.World;
using FedSite.Tests.Information.Gocdb;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Federation.Catchall;

public sealed class CatchallRendererTests : IAsyncLifetime
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private GocdbSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await GocdbSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_endpoint_is_letter_by_letter_what_GOCDB_has()
    {
        var typed = $"{_site.Endpoint.AbsoluteUri.TrimEnd('/')}/";
        _site.Register(own => own with { Url = typed });

        var (site, rendering) = await RenderAsync(Config());

        Assert.Equal(typed, site.Endpoint);
        Assert.Empty(rendering.Warnings);
    }

    [Fact]
    public async Task Of_a_service_with_several_URLs_the_one_of_this_Keystone_is_taken()
    {
        var typed = _site.Endpoint.AbsoluteUri.TrimEnd('/');
        _site.Register(own =>
            own with
            {
                Url = "https://other.example.org/",
                EndpointUrls = ["nonsense", typed + "/"],
            }
        );

        Assert.Equal(typed + "/", (await RenderAsync(Config())).Site.Endpoint);
    }

    [Fact]
    public async Task An_endpoint_in_site_yaml_is_taken_without_asking()
    {
        var config = Config(new CatchallConfig { Endpoint = "https://k.example.org:5000/v3/" });

        Assert.Equal("https://k.example.org:5000/v3/", (await RenderAsync(config)).Site.Endpoint);
        Assert.Equal(0, _site.Requests);
    }

    [Fact]
    public async Task A_GOCDB_that_does_not_know_it_costs_a_warning()
    {
        _site.Register(own => own with { Url = "https://other.example.org/v3" });

        var (site, rendering) = await RenderAsync(Config());

        Assert.Equal(_site.Endpoint.AbsoluteUri, site.Endpoint);
        Assert.Contains(
            "GOCDB has no service with the URL",
            Assert.Single(rendering.Warnings),
            StringComparison.Ordinal
        );
        Assert.False(rendering.IsPartial);
    }

    [Fact]
    public async Task A_GOCDB_that_fails_costs_a_warning()
    {
        _site.Answer("no XML");

        var (site, rendering) = await RenderAsync(Config());

        Assert.Equal(_site.Endpoint.AbsoluteUri, site.Endpoint);
        Assert.Contains("none of GOCDB", Assert.Single(rendering.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_by_name_are_looked_up()
    {
        var known = _site.Sandbox.World.SeededProjects.First();
        var config = Config(
            vos: [Vo("a", ProjectRef.Parse(known.Name)), Vo("b", ProjectRef.Parse($"{known.Name}@Default"))]
        );

        Assert.Equal([known.Id, known.Id], (await RenderAsync(config)).Site.Vos.Select(vo => vo.ProjectId));
    }

    [Fact]
    public async Task A_VO_whose_project_is_not_found_is_left_out_and_the_result_is_partial()
    {
        var config = Config(vos: [Vo("a", ProjectRef.Parse("nowhere")), Vo("b", ProjectRef.Parse(Id))]);

        var (site, rendering) = await RenderAsync(config);

        Assert.Equal(["b"], site.Vos.Select(vo => vo.Name));
        Assert.Contains("the VO a is left out", Assert.Single(rendering.Warnings), StringComparison.Ordinal);
        Assert.True(rendering.IsPartial);
    }

    [Fact]
    public async Task A_name_that_two_projects_have_is_no_project_and_both_are_told()
    {
        var world = _site.Sandbox.World;
        var mine = world.SeededProjects.First();
        var other = new SandboxProject
        {
            Id = Id,
            Name = mine.Name,
            DomainId = world.Users.First(user => user.DomainId != "default").DomainId,
        };
        world.Put(other);

        var (site, rendering) = await RenderAsync(Config(vos: [Vo("a", ProjectRef.Parse(mine.Name))]), asAdmin: true);

        Assert.Empty(site.Vos);
        Assert.True(rendering.IsPartial);
        var ids = string.Join(", ", new[] { mine.Id, Id }.Order(StringComparer.Ordinal));
        Assert.Contains(
            $"there are 2 projects named {mine.Name}: write name@domain, or the id ({ids})",
            rendering.Warnings
        );
    }

    [Fact]
    public async Task A_project_that_is_disabled_is_told()
    {
        var world = _site.Sandbox.World;
        var project = new SandboxProject
        {
            Id = Id,
            Name = "asleep",
            DomainId = "default",
            Enabled = false,
        };
        world.Put(project);

        var (site, rendering) = await RenderAsync(Config(vos: [Vo("a", ProjectRef.Parse("asleep"))]), asAdmin: true);

        Assert.Equal([new CatchallVo("a", Id)], site.Vos);
        Assert.Contains("the project asleep is disabled", Assert.Single(rendering.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_projects_of_a_VO_the_first_is_named_and_the_others_are_told()
    {
        var config = Config(vos: [Vo("a", ProjectRef.Parse(Id), ProjectRef.Parse("second"))]);

        var (site, rendering) = await RenderAsync(config);

        Assert.Equal([new CatchallVo("a", Id)], site.Vos);
        Assert.Contains("it lacks second", Assert.Single(rendering.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VOs_that_share_a_project_are_all_named()
    {
        var config = Config(vos: [Vo("med", ProjectRef.Parse(Id)), Vo("/med/imaging", ProjectRef.Parse(Id))]);

        Assert.Equal(
            [new CatchallVo("med", Id), new CatchallVo("/med/imaging", Id)],
            (await RenderAsync(config)).Site.Vos
        );
    }

    [Fact]
    public async Task A_withdrawn_VO_is_not_named()
    {
        var config = Config(vos: [Vo("a", ProjectRef.Parse(Id)), Vo("b", ProjectRef.Parse(Id))]);

        Assert.Equal(["b"], (await RenderAsync(config, "a")).Site.Vos.Select(vo => vo.Name));
    }

    [Fact]
    public async Task Of_several_providers_the_protocol_of_Check_in_is_meant()
    {
        var config = Config();
        var federation = config.Federation! with
        {
            Provider = null,
            Providers =
            [
                new()
                {
                    Provider = "checkin-demo",
                    Idp = "demo",
                    Protocol = "other",
                },
                new()
                {
                    Provider = "checkin",
                    Idp = "egi.eu",
                    Protocol = "oidc",
                },
            ],
        };

        Assert.Equal("oidc", (await RenderAsync(config with { Federation = federation })).Site.Protocol);
    }

    private SiteConfig Config(CatchallConfig? catchall = null, IReadOnlyList<VoConfig>? vos = null) =>
        new()
        {
            Site = new SiteIdentity { Name = _site.Name },
            Vos = vos ?? [],
            Information = new InformationConfig { Gocdb = _site.Config },
            Federation = new FederationConfig
            {
                Provider = "checkin",
                Keystone = _site.Endpoint.AbsoluteUri,
                Catchall = catchall ?? new CatchallConfig(),
            },
        };

    private static VoConfig Vo(string name, params ProjectRef[] projects) => new() { Name = name, Projects = projects };

    private Task<(CatchallSite Site, RenderedTarget Rendering)> RenderAsync(
        SiteConfig config,
        params string[] withdrawn
    ) => RenderAsync(config, asAdmin: false, withdrawn);

    private async Task<(CatchallSite Site, RenderedTarget Rendering)> RenderAsync(
        SiteConfig config,
        bool asAdmin,
        params string[] withdrawn
    )
    {
        var renderer = new CatchallRenderer(config, () => Connect(asAdmin), _site.Time, _site.Log)
        {
            Withdrawn = withdrawn.ToHashSet(),
        };
        var rendering = await renderer.RenderAsync(TestContext.Current.CancellationToken);
        return (CatchallFile.Parse(Assert.Single(rendering.Files).Content, "f").Site, rendering);
    }

    private OpenStackCloud Connect(bool asAdmin) =>
        OpenStackCloud.Connect(
            new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = _site.Sandbox.KeystoneUrl,
                Username = (asAdmin ? _site.Sandbox.World.Admin : _site.Sandbox.World.Accounting).Name,
                Password = CloudWorld.Password,
                UserDomainName = "Default",
                ProjectName = asAdmin ? "admin" : null,
                ProjectDomainName = asAdmin ? "Default" : null,
                Origin = "test",
            },
            _site.Time,
            NullLoggerFactory.Instance
        );
}
