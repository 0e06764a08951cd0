using System.Text;
using FedSite.Federation.Retirement;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>An account that Keystone takes for an administrator, and another service does not.</summary>
public sealed class WrongOwnerTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await LeavingSite.StartAsync();
        _site.World.Snapshots.Put(
            new SandboxSnapshot
            {
                Id = Guid.CreateVersion7().ToString(),
                ProjectId = _site.Project,
                Created = TimeProvider.System.GetUtcNow(),
                VolumeId = _site.World.Volumes.Of(_site.Project).First().Id,
                SizeGiB = 1,
            }
        );
        Assert.NotEmpty(_site.World.FloatingIps.Of(_site.Project));
        await _site.ReachAsync(RetirementStage.Stop);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(SandboxService.Nova, "/servers/detail", "tenant_id")]
    [InlineData(SandboxService.Cinder, "/volumes/detail", "os-vol-tenant-attr:tenant_id")]
    [InlineData(SandboxService.Cinder, "/snapshots/detail", "os-extended-snapshot-attributes:project_id")]
    [InlineData(SandboxService.Neutron, "/floatingips", "project_id")]
    public async Task What_is_of_another_project_or_of_nobody_is_not_deleted(
        SandboxService service,
        string list,
        string owner
    )
    {
        Rewrite(service, list, $"\"{owner}\":\"{_site.Project}\"", $"\"{owner}\":\"{_site.Other}\"");
        var refusal = await Assert.ThrowsAsync<FedSiteException>(() => _site.PlanAsync(RetirementStage.Delete));
        Assert.Contains(_site.Other, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.NextStep);

        await _site.Site.Sandbox.Traffic.StopFailingAsync();
        Rewrite(service, list, $"\"{owner}\":", "\"somebody\":");
        await Assert.ThrowsAsync<FedSiteException>(() => _site.PlanAsync(RetirementStage.Delete));
    }

    [Theory]
    [InlineData(SandboxService.Cinder, "/os-quota-sets/")]
    [InlineData(SandboxService.Neutron, "/quotas/")]
    public async Task An_empty_list_of_a_service_that_refuses_administration_does_not_make_a_project_empty(
        SandboxService service,
        string quotas
    )
    {
        foreach (var volume in _site.World.Volumes.Of(_site.Project).ToList())
            _site.World.Volumes.Remove(volume.Id);
        _site.Site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = request => request.Path.Value!.Contains(quotas, StringComparison.Ordinal),
                Times = int.MaxValue,
                Status = 403,
                Body = """{"forbidden":{"code":403,"message":"no"}}""",
            }
        );

        var refusal = await Assert.ThrowsAsync<FedSiteException>(() => _site.PlanAsync(RetirementStage.Delete));

        Assert.StartsWith($"{service} does not take", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _site.Store.Steps(LeavingSite.Vo, RetirementStage.Delete),
            step => step.Kind == "empty project"
        );
    }

    private void Rewrite(SandboxService service, string list, string old, string @new) =>
        _site.Site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = request => request.Path.Value!.EndsWith(list, StringComparison.Ordinal),
                Times = int.MaxValue,
                Rewrite = body =>
                    Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(old, @new, StringComparison.Ordinal)),
                Status = 200,
            }
        );
}
