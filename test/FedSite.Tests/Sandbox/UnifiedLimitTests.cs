using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.TestKit.Contracts;

namespace FedSite.Tests.Sandbox;

/// <summary>A Nova that takes its limits from Keystone.</summary>
public sealed class UnifiedLimitTests : IAsyncLifetime
{
    private FederationSandbox _sandbox = null!;
    private ContractCloud _cloud = null!;
    private RawCloud _raw = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CloudWorld World => _sandbox.World;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions { ComputeUnifiedLimits = true }, Ct);
        _cloud = ContractCloud.Of(_sandbox);
        _raw = new RawCloud(_cloud);
    }

    [Fact]
    public async Task A_server_beyond_a_limit_of_Keystone_is_refused_whatever_the_quota_of_old_says()
    {
        World.SetQuotas(_cloud.StoreProjectId, new Dictionary<string, long> { ["instances"] = 0 });
        Assert.Equal(202, (await BootAsync()).Status);
        World.Put(
            new SandboxLimit
            {
                Id = "limit",
                ProjectId = _cloud.StoreProjectId,
                ServiceId = World.ServiceId("compute"),
                RegionId = FederationSandbox.Region,
                Resource = "servers",
                Limit = 1,
            }
        );

        await RefusedAsync("Resource servers is over limit of 1 due to current usage");
    }

    [Fact]
    public async Task What_nobody_registered_is_limited_to_nothing()
    {
        World.RemoveRegisteredLimit(World.RegisteredLimits.Single(limit => limit.Resource == "class:VCPU").Id);

        await RefusedAsync("Resource class:VCPU is over limit of 0 due to current usage");
    }

    private async Task RefusedAsync(string why)
    {
        var refused = await BootAsync();
        Assert.Equal(403, refused.Status);
        Assert.Contains(why, (string)refused.Json["forbidden"]!["message"]!, StringComparison.Ordinal);
    }

    private async Task<RawAnswer> BootAsync()
    {
        var token = await _raw.TokenAsync(_cloud.Publisher, RawCloud.ProjectScope(_cloud.StoreProjectId), Ct);
        var (flavor, image) = (_cloud.Content.PlainFlavor, _cloud.Content.PlainImage);
        return await _raw.SendAsync(
            "POST",
            $"{_sandbox.NovaUrl}/servers",
            token,
            $$$"""{"server":{"name":"x","flavorRef":"{{{flavor}}}","imageRef":"{{{image}}}","networks":"none"}}""",
            Ct,
            ("OpenStack-API-Version", "compute 2.37")
        );
    }

    public async ValueTask DisposeAsync()
    {
        _raw.Dispose();
        await _sandbox.DisposeAsync();
    }
}
