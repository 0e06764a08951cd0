using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Retirement;

public sealed class DeleteStageTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Delete_waits_for_its_day()
    {
        await _site.ReachAsync(RetirementStage.Stop);

        var early = await _site.Retirements.PlanAsync(
            LeavingSite.Vo,
            RetirementStage.Delete,
            _site.Today.AddDays(1),
            LeavingSite.Token
        );

        Assert.Contains("from", Assert.Single(early.Problems).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FedSiteException>(() => _site.Retirements.DoAsync(early, null, LeavingSite.Token));
        Assert.NotEmpty(_site.Servers());
    }

    [Fact]
    public async Task Delete_takes_all_of_the_project_and_nothing_of_another()
    {
        var elsewhere = _site.Servers(_site.Other).Count();
        var volume = World.Volumes.Of(_site.Project).First();
        World.Snapshots.Put(
            new SandboxSnapshot
            {
                Id = Guid.CreateVersion7().ToString(),
                ProjectId = _site.Project,
                Created = TimeProvider.System.GetUtcNow(),
                VolumeId = volume.Id,
                SizeGiB = 1,
            }
        );
        var own = _site.Image(_site.Project, "private");
        await _site.ReachAsync(RetirementStage.Delete);

        Assert.Empty(_site.Servers());
        Assert.Empty(World.Volumes.Of(_site.Project));
        Assert.Empty(World.Snapshots.Of(_site.Project));
        Assert.Empty(World.FloatingIps.Of(_site.Project));
        Assert.Null(World.FindImage(own));
        Assert.Equal(elsewhere, _site.Servers(_site.Other).Count());
    }

    [Theory]
    [InlineData("public", false, "may use it")]
    [InlineData("private", true, "protected")]
    [InlineData("shared", false, "shared with the project")]
    public async Task Delete_leaves_an_image_that_others_use_or_that_is_protected(
        string visibility,
        bool isProtected,
        string why
    )
    {
        var id = _site.Image(
            _site.Project,
            visibility,
            isProtected,
            visibility == "shared" ? [("accepted", _site.Other)] : []
        );
        await _site.ReachAsync(RetirementStage.Stop);

        var plan = await _site.DoAsync(RetirementStage.Delete);

        Assert.Contains(plan.Notes, note => note.Contains(why, StringComparison.Ordinal));
        Assert.NotNull(World.FindImage(id));
    }

    [Fact]
    public async Task A_volume_in_use_keeps_delete_from_being_done_and_is_named()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var volume = World.Volumes.Of(_site.Project).First();
        World.Volumes.Put(
            volume with
            {
                Status = "in-use",
                Servers = [_site.Servers(_site.Other).First().Id.ToString()],
            }
        );

        var result = await _site.Retirements.DoAsync(
            await _site.PlanAsync(RetirementStage.Delete),
            done: null,
            LeavingSite.Token
        );

        var (action, failure) = Assert.Single(result.Failed);
        Assert.Equal(volume.Id, action.Id);
        Assert.Contains($"openstack volume show {volume.Id}", failure.NextStep, StringComparison.Ordinal);
        Assert.Equal(RetirementStage.Stop, _site.Store.Find(LeavingSite.Vo)!.Stage);
        World.Volumes.Put(volume with { Status = "available", Servers = [] });
        await _site.DoAsync(RetirementStage.Delete);
    }

    [Fact]
    public async Task The_plan_tells_of_a_volume_that_a_server_of_another_project_has()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var server = _site.Servers(_site.Other).First().Id.ToString();
        var volume = World.Volumes.Of(_site.Project).First();
        World.Volumes.Put(volume with { Status = "in-use", Servers = [server] });

        var plan = await _site.PlanAsync(RetirementStage.Delete);

        var note = Assert.Single(plan.Notes, note => note.Contains(volume.Id, StringComparison.Ordinal));
        Assert.Contains(server, note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Cinder_failed_to_delete_before_is_deleted_by_force()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var volume = World.Volumes.Of(_site.Project).First(one => one.Servers.Count == 0);
        World.Volumes.Put(volume with { Status = "error_deleting" });
        World.Snapshots.Put(
            new SandboxSnapshot
            {
                Id = Guid.CreateVersion7().ToString(),
                ProjectId = _site.Project,
                Created = TimeProvider.System.GetUtcNow(),
                VolumeId = volume.Id,
                SizeGiB = 1,
                Status = "error_deleting",
            }
        );

        await _site.DoAsync(RetirementStage.Delete);

        Assert.Empty(World.Volumes.Of(_site.Project));
    }

    [Theory]
    [InlineData("SHELVED")]
    [InlineData("PAUSED")]
    [InlineData("SUSPENDED")]
    [InlineData("ERROR")]
    [InlineData("VERIFY_RESIZE")]
    public async Task Delete_takes_servers_in_whatever_state(string status)
    {
        await _site.ReachAsync(RetirementStage.Stop);
        World.Advance(_site.Servers().First().Id, status, TimeProvider.System.GetUtcNow());

        await _site.DoAsync(RetirementStage.Delete);

        Assert.Empty(_site.Servers());
    }

    [Fact]
    public async Task A_volume_that_ends_with_its_server_is_no_failure()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var volume = World.Volumes.Of(_site.Project).First();
        World.Volumes.Put(
            volume with
            {
                Status = "in-use",
                Servers = [_site.Servers().First().Id.ToString()],
                EndsWithServer = true,
            }
        );

        await _site.DoAsync(RetirementStage.Delete);

        Assert.Null(World.Volumes.Find(volume.Id));
    }

    [Fact]
    public async Task Networks_routers_and_ports_without_a_server_stay()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var port = new SandboxPort
        {
            Id = Guid.CreateVersion7().ToString(),
            ProjectId = _site.Project,
            Created = TimeProvider.System.GetUtcNow(),
            NetworkId = World.Networks.Of(_site.Project).First().Id,
        };
        World.Ports.Put(port);
        var routers = World.Routers.Of(_site.Project).Count();

        await _site.DoAsync(RetirementStage.Delete);

        Assert.NotNull(World.Ports.Find(port.Id));
        Assert.NotEmpty(World.Networks.Of(_site.Project));
        Assert.Equal(routers, World.Routers.Of(_site.Project).Count());
    }

    [Fact]
    public async Task Undoing_delete_says_that_what_is_gone_stays_gone()
    {
        await _site.ReachAsync(RetirementStage.Delete);

        var plan = await _site.UndoAsync();

        Assert.Contains("stay gone", Assert.Single(plan.Notes), StringComparison.Ordinal);
        Assert.Equal(RetirementStage.Stop, _site.Store.Find(LeavingSite.Vo)!.Stage);
        Assert.Empty(_site.Servers());
    }
}
