using FedSite.Checks;
using FedSite.Configuration;
using FedSite.Federation.Catchall;
using FedSite.Federation.Retirement;
using FedSite.OpenStack;
using FedSite.State;
using FedSite.Tests.Configuration;
using FedSite.Tests.Information.Gocdb;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Checks;

public sealed class CatchallChecksTests : IAsyncLifetime
{
    private const string Nowhere = "0123456789abcdef0123456789abcdef";

    private readonly TextFolder _folder = new();
    private GocdbSite _site = null!;
    private CatchallSite _file = null!;

    private string ProjectId => _site.Sandbox.World.SeededProjects.First().Id;

    public async ValueTask InitializeAsync()
    {
        _site = await GocdbSite.StartAsync();
        _file = new CatchallSite
        {
            Name = _site.Name,
            Endpoint = _site.Endpoint.AbsoluteUri,
            Vos = [new CatchallVo("a", ProjectId)],
        };
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return _site.DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_is_right_has_no_warnings() =>
        Assert.DoesNotContain(
            await CheckAsync(),
            finding =>
                finding.Severity > Severity.Info && !finding.Seen.Contains("no protocol", StringComparison.Ordinal)
        );

    [Fact]
    public async Task A_site_without_copy_is_not_checked()
    {
        Assert.Empty(await CheckAsync(file => file, copy: false));
        Assert.Equal(0, _site.Requests);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_an_error_alone()
    {
        var finding = Assert.Single(await CheckAsync(file => file with { Name = "a b" }));

        Assert.Equal(("FS-CAT-001", Severity.Error), (finding.Id, finding.Severity));
    }

    [Fact]
    public async Task Another_spelling_of_the_endpoint_is_an_error() =>
        await SeesAsync(
            file => file with { Endpoint = file.Endpoint + "/" },
            "FS-CAT-002",
            $"The file has {_file.Endpoint}/, GOCDB {_file.Endpoint}."
        );

    [Fact]
    public async Task An_endpoint_that_GOCDB_does_not_have_is_an_error() =>
        await SeesAsync(
            file => file with { Endpoint = "https://k.example.org/v3" },
            "FS-CAT-002",
            "GOCDB has no service with the URL https://k.example.org/v3 of the file."
        );

    [Fact]
    public async Task A_VO_that_site_yaml_lacks_is_told() =>
        await SeesAsync(
            file => file with { Vos = [.. file.Vos, new CatchallVo("b", ProjectId)] },
            "FS-CAT-003",
            "The VO b is only in the file."
        );

    [Fact]
    public async Task A_VO_that_the_file_lacks_is_told() =>
        await SeesAsync(file => file with { Vos = [] }, "FS-CAT-003", "The VO a is only in site.yaml.");

    [Fact]
    public async Task A_withdrawn_VO_that_the_file_still_has_is_told()
    {
        var store = new RetirementStore(
            StateDatabase.Open(Some.Subject(_folder.Path, _site.Time).StateFolder),
            _site.Name,
            KeystoneUrl.Normalize(_site.Endpoint.AbsoluteUri),
            _site.Time
        );
        store.Reach("a", RetirementStage.Withdraw);

        await SeesAsync(file => file, "FS-CAT-003", "The VO a is only in the file.");
    }

    [Fact]
    public async Task A_project_that_is_gone_is_an_error() =>
        await SeesAsync(
            file => file with { Vos = [new CatchallVo("a", Nowhere)] },
            "FS-CAT-004",
            $"There is no project {Nowhere}, which the file has for a."
        );

    [Fact]
    public async Task A_protocol_that_Keystone_lacks_is_an_error() =>
        await SeesAsync(
            file => file with { Protocol = "oidc" },
            "FS-CAT-005",
            "Keystone has no protocol oidc of the identity provider egi.eu."
        );

    [Fact]
    public async Task A_region_that_the_catalog_lacks_is_an_error() =>
        await SeesAsync(
            file => file with { Region = "West" },
            "FS-CAT-005",
            "The catalog has no region West; it has RegionOne."
        );

    private async Task SeesAsync(Func<CatchallSite, CatchallSite> change, string id, string seen)
    {
        var findings = await CheckAsync(change);

        Assert.Contains((id, seen), findings.Select(finding => (finding.Id, finding.Seen)));
    }

    private Task<IReadOnlyList<Finding>> CheckAsync() => CheckAsync(file => file);

    private Task<IReadOnlyList<Finding>> CheckAsync(Func<CatchallSite, CatchallSite> change, bool copy = true)
    {
        var path = _folder.Write("copy.yaml", CatchallText.Write(change(_file)));
        var subject = Some.Subject(_folder.Path, _site.Time);
        subject = subject with
        {
            Site = subject.Site with
            {
                Site = new SiteIdentity { Name = _site.Name },
                Vos = [new VoConfig { Name = "a", Projects = [ProjectRef.Parse(ProjectId)] }],
                Information = new InformationConfig { Gocdb = _site.Config },
                Federation = new FederationConfig
                {
                    Provider = "checkin",
                    Keystone = _site.Endpoint.AbsoluteUri,
                    Catchall = new CatchallConfig { File = copy ? path : null },
                },
            },
            ConnectCloud = Connect,
        };
        return Some.FindingsAsync(CatchallChecks.RunAsync, subject);
    }

    private OpenStackCloud Connect() =>
        OpenStackCloud.Connect(
            new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = _site.Sandbox.KeystoneUrl,
                Username = _site.Sandbox.World.Admin.Name,
                Password = _site.Sandbox.World.Admin.Password,
                UserDomainName = "Default",
                ProjectName = "admin",
                ProjectDomainName = "Default",
                Origin = "test",
            },
            _site.Time,
            NullLoggerFactory.Instance
        );
}
