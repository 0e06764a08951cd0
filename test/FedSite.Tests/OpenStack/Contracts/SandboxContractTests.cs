using FedSite.Sandbox;
using FedSite.TestKit.Contracts;

namespace FedSite.Tests.OpenStack.Contracts;

/// <summary>One sandbox for all contracts: they change nothing.</summary>
public sealed class ContractSandbox : IAsyncLifetime
{
    private FederationSandbox? _sandbox;

    public ContractCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), TestContext.Current.CancellationToken);
        Cloud = ContractCloud.Of(_sandbox);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }
    }
}

public sealed class SandboxKeystoneTests(ContractSandbox sandbox)
    : KeystoneContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxNovaTests(ContractSandbox sandbox)
    : NovaContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxGlanceTests(ContractSandbox sandbox)
    : GlanceContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxCloudTests(ContractSandbox sandbox)
    : OpenStackCloudContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxNeutronTests(ContractSandbox sandbox)
    : NeutronContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxCinderTests(ContractSandbox sandbox)
    : CinderContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;
