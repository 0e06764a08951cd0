using FedSite.Checks;
using FedSite.Configuration;
using FedSite.Sandbox;
using FedSite.TestKit;
using FedSite.Tests.OpenStack;

namespace FedSite.Tests.Checks;

public sealed class TargetChecksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-targets-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_in_a_folder_that_can_be_written_is_fine_and_nothing_is_written()
    {
        var finding = Assert.Single(await CheckAsync(InFile("site.json")));

        Assert.Equal((Severity.Ok, "FS-INF-003"), (finding.Severity, finding.Id));
        Assert.Equal($"{_folder}/site.json: its folder can be written.", finding.Seen);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("missing/site.json", "its folder does not exist")]
    [InlineData("", "it is a folder")]
    public async Task A_file_that_cannot_be_written_is_an_error(string path, string why)
    {
        var finding = Assert.Single(await CheckAsync(InFile(path)));

        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Contains(why, finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_takes_no_files_is_known_without_trying()
    {
        Assert.Equal(0, PosixFiles.MayWrite(_folder));
        Assert.Equal(PosixFiles.NoEntry, PosixFiles.MayWrite(Path.Combine(_folder, "missing")));
    }

    [Fact]
    public async Task One_bad_target_does_not_hide_another()
    {
        var findings = await CheckAsync(InFile("missing/site.json"), InFile("site.json"));

        Assert.Equal([Severity.Error, Severity.Ok], findings.Select(finding => finding.Severity));
    }

    [Fact]
    public async Task A_web_server_that_answers_is_fine()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Ct);
        var url = new Uri(sandbox.GocdbUrl, "/site.json?secret=x");

        var finding = Assert.Single(await CheckAsync(new PublishTarget { Type = "http", Url = url.AbsoluteUri }));

        Assert.Equal(Severity.Ok, finding.Severity);
        Assert.EndsWith("/site.json: the server answers (404 to HEAD).", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_server_that_does_not_answer_is_an_error()
    {
        var finding = Assert.Single(
            await CheckAsync(new PublishTarget { Type = "http", Url = "http://127.0.0.1:1/site.json" })
        );

        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Contains("No answer to HEAD http://127.0.0.1:1/site.json", finding.Seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cloud-info", Severity.Ok, "the container exists")]
    [InlineData("elsewhere", Severity.Error, "there is no such container")]
    public async Task A_swift_container_has_to_exist(string container, Severity severity, string seen)
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { Servers = 0 });
        var credentials = cloud.Credentials with { ProjectId = cloud.ProjectId };
        var subject = Subject(new PublishTarget { Type = "swift", Container = container }) with
        {
            ConnectAs = _ => cloud.Connect(credentials),
        };

        var finding = Assert.Single(await Some.FindingsAsync(TargetChecks.RunAsync, subject));

        Assert.Equal(severity, finding.Severity);
        Assert.Contains(seen, finding.Seen, StringComparison.Ordinal);
        Assert.Empty(cloud.Sandbox.World.Objects.Find(cloud.ProjectId, "cloud-info")!);
    }

    [Fact]
    public async Task A_site_that_publishes_nothing_has_no_findings() => Assert.Empty(await CheckAsync());

    private PublishTarget InFile(string name) => new() { Type = "file", Path = Path.Combine(_folder, name) };

    private static Task<IReadOnlyList<Finding>> CheckAsync(params PublishTarget[] targets) =>
        Some.FindingsAsync(TargetChecks.RunAsync, Subject(targets));

    private static CheckSubject Subject(params PublishTarget[] targets)
    {
        var subject = Some.Subject("/nonexistent", new StandingTime(DateTimeOffset.UnixEpoch));
        return subject with
        {
            Site = subject.Site with
            {
                Information = new InformationConfig { Endpoint = "https://keystone.example.org/v3", Publish = targets },
            },
        };
    }
}
