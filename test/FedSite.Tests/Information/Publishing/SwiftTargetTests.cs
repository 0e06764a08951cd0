using FedSite.Information.Publishing;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.TestKit;
using FedSite.Tests.OpenStack;

namespace FedSite.Tests.Information.Publishing;

public sealed class SwiftTargetTests
{
    private const string Container = ObjectStock.FirstContainer;
    private static readonly byte[] Document = """{"CloudComputingService":[]}"""u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void An_object_is_named_as_the_catch_all_names_it() =>
        Assert.Equal(
            "IFCA-LCG2-es-0b0208171cbb6b39f42ce37fb38751e5.json",
            SwiftTarget.DefaultObject("IFCA-LCG2.es", "https://api.cloud.ifca.es:5000/v3")
        );

    [Fact]
    public async Task The_object_is_the_document_and_JSON()
    {
        await using var cloud = await TestCloud.StartAsync();
        await PublishAsync(cloud);

        var stored = Stored(cloud)!;
        Assert.Equal(Document, stored.Content);
        Assert.Equal("application/json", stored.ContentType);
    }

    [Fact]
    public async Task What_was_published_is_read()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud);
        await target.PublishAsync("older"u8.ToArray(), Ct);
        await target.PublishAsync(Document, Ct);

        Assert.Equal(Document, await target.ReadAsync(Ct));
    }

    [Theory]
    [InlineData(Container)]
    [InlineData("no-such-container")]
    public async Task Nothing_is_published_where_no_object_is(string container)
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud, container: container);

        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_name_may_have_folders_and_blanks()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud, name: "of a site/näme.json");
        await target.PublishAsync(Document, Ct);

        Assert.Equal(["of a site/näme.json"], cloud.Sandbox.World.Objects.Find(cloud.ProjectId, Container)!.Keys);
    }

    [Fact]
    public async Task A_missing_container_is_told_with_the_command_that_makes_it()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud, container: "elsewhere");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => target.PublishAsync(Document, Ct));

        Assert.Contains("answered 404", failure.Message, StringComparison.Ordinal);
        Assert.Contains("(request tx", failure.Message, StringComparison.Ordinal);
        Assert.Contains("openstack container create elsewhere", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_was_damaged_on_its_way_is_sent_again()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.Traffic.Fail(Put() with { Damage = body => [.. body.Reverse()], Times = 2 });
        await PublishAsync(cloud);

        Assert.Equal(2, cloud.Sandbox.Traffic.Failures);
        Assert.Equal(Document, Stored(cloud)!.Content);
    }

    [Fact]
    public async Task A_way_that_always_damages_leaves_the_old_object()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud);
        await target.PublishAsync("older"u8.ToArray(), Ct);
        cloud.Sandbox.Traffic.Fail(Put() with { Damage = body => body[..^1], Times = int.MaxValue });

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => target.PublishAsync(Document, Ct));

        Assert.Equal(422, failure.Status);
        Assert.Equal("older"u8, Stored(cloud)!.Content);
    }

    [Fact]
    public async Task A_token_that_is_no_longer_good_is_renewed()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud);
        await target.PublishAsync("older"u8.ToArray(), Ct);
        cloud.Sandbox.RevokeTokens();
        await target.PublishAsync(Document, Ct);

        Assert.Equal(Document, Stored(cloud)!.Content);
    }

    [Fact]
    public async Task An_account_that_may_not_write_is_told_the_role()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.World.Grant(cloud.Sandbox.World.Accounting.Id, cloud.ProjectId, "reader");

        var failure = await FailAsync(cloud);

        Assert.Equal(403, failure.Status);
        Assert.Contains("member", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_a_project_is_told_that_it_needs_one()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = new SwiftTarget(cloud.Connect(), Container, "site.json");

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => target.PublishAsync(Document, Ct));

        Assert.Contains("no Swift", failure.Message, StringComparison.Ordinal);
        Assert.Contains("project_name", failure.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FaultKind.Answer, 500)]
    [InlineData(FaultKind.Answer, 503)]
    [InlineData(FaultKind.Answer, 429)]
    [InlineData(FaultKind.Reset, 0)]
    [InlineData(FaultKind.Cut, 201)]
    public async Task What_passes_is_survived(FaultKind kind, int status)
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.Traffic.Fail(Put() with { Kind = kind, Status = status, Body = "<html>no</html>", Times = 2 });
        await PublishAsync(cloud);

        Assert.Equal(Document, Stored(cloud)!.Content);
    }

    [Fact]
    public async Task A_service_that_stays_broken_is_told_with_the_requests_id()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.Traffic.Fail(Put() with { Status = 503, Times = int.MaxValue });

        var failure = await FailAsync(cloud);

        Assert.Equal(503, failure.Status);
        Assert.NotNull(failure.RequestId);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up()
    {
        var time = new StandingTime(TimeProvider.System.GetUtcNow());
        await using var cloud = await TestCloud.StartAsync(time: time);
        cloud.Sandbox.Traffic.Fail(Put() with { Kind = FaultKind.Stall, Stalled = time.RunOut, Times = int.MaxValue });

        var failure = await FailAsync(cloud);

        Assert.Contains("gave no whole answer within", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_without_a_checksum_counts_when_the_document_can_be_read_back()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.Traffic.Fail(Put() with { Status = 201, Done = true });
        await PublishAsync(cloud);

        Assert.Equal(2, cloud.Sandbox.Traffic.Requests(SandboxService.Swift));
    }

    [Fact]
    public async Task A_success_that_stored_nothing_is_found_out()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var target = Target(cloud);
        await target.PublishAsync("older"u8.ToArray(), Ct);
        cloud.Sandbox.Traffic.Fail(Put() with { Status = 200, Body = "Welcome to the login page" });

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => target.PublishAsync(Document, Ct));

        Assert.Contains("does not give back what was stored", failure.Message, StringComparison.Ordinal);
    }

    private static SandboxFault Put() =>
        new() { Service = SandboxService.Swift, When = request => request.Method == "PUT" };

    private static SwiftTarget Target(TestCloud cloud, string container = Container, string name = "site.json") =>
        new(cloud.Connect(cloud.Credentials with { ProjectId = cloud.ProjectId }), container, name);

    private static StoredObject? Stored(TestCloud cloud) =>
        cloud.Sandbox.World.Objects.Find(cloud.ProjectId, Container)!.GetValueOrDefault("site.json");

    private static async Task PublishAsync(TestCloud cloud)
    {
        using var target = Target(cloud);
        await target.PublishAsync(Document, Ct);
    }

    private static Task<OpenStackException> FailAsync(TestCloud cloud) =>
        Assert.ThrowsAsync<OpenStackException>(() => PublishAsync(cloud));
}
