using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.TestKit.Contracts;

namespace FedSite.Tests.Oci;

/// <summary>Two registries for all tests of the contract.</summary>
public sealed class ContractRegistries : IAsyncLifetime
{
    private readonly List<FederationSandbox> _sandboxes = [];

    public ContractRegistry Registry { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Registry = new ContractRegistry(
            await StartAsync(RegistryLogins.None),
            await StartAsync(RegistryLogins.Password),
            SandboxRegistry.Username,
            SandboxRegistry.Password
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var sandbox in _sandboxes)
        {
            await sandbox.DisposeAsync();
        }
    }

    private async Task<Uri> StartAsync(RegistryLogins logins)
    {
        var options = new SandboxOptions { Servers = 0 };
        var sandbox = await FederationSandbox.StartAsync(options, TestContext.Current.CancellationToken);
        _sandboxes.Add(sandbox);
        sandbox.Registry.HasHarbor = false;
        sandbox.Registry.Logins = logins;
        return sandbox.RegistryUrl;
    }
}

public sealed class SandboxRegistryTests(ContractRegistries registries)
    : RegistryContract(registries.Registry),
        IClassFixture<ContractRegistries>;
