using FedSite.Sandbox;
using FedSite.TestKit.Contracts;

namespace FedSite.Tests.OpenStack.Contracts;

/// <summary>One sandbox for all tests of a contract: they leave nothing behind.</summary>
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

public sealed class SandboxNetworkMakingTests(ContractSandbox sandbox)
    : NetworkMakingContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxCinderTests(ContractSandbox sandbox)
    : CinderContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxAdminListTests(ContractSandbox sandbox)
    : AdminListContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxSwiftTests(ContractSandbox sandbox)
    : SwiftContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxFederationTests(ContractSandbox sandbox)
    : FederationContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxMappingTests(ContractSandbox sandbox)
    : MappingContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxDirectoryTests(ContractSandbox sandbox)
    : DirectoryContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxAssignmentTests(ContractSandbox sandbox)
    : AssignmentContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxFlavorTests(ContractSandbox sandbox)
    : FlavorContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxFlavorAdminTests(ContractSandbox sandbox)
    : FlavorAdminContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxImageTests(ContractSandbox sandbox)
    : ImageContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxQuotaTests(ContractSandbox sandbox)
    : QuotaContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxLimitTests(ContractSandbox sandbox)
    : LimitContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxImageWriteTests(ContractSandbox sandbox)
    : ImageWriteContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxImageMemberTests(ContractSandbox sandbox)
    : ImageMemberContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxImageUseTests(ContractSandbox sandbox)
    : ImageUseContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxImageRefusalTests(ContractSandbox sandbox)
    : ImageRefusalContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxSecurityTests(ContractSandbox sandbox)
    : SecurityContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxPeopleTests(ContractSandbox sandbox)
    : PeopleContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxServerActionTests(ContractSandbox sandbox)
    : ServerActionContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxRemovalTests(ContractSandbox sandbox)
    : RemovalContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;

public sealed class SandboxOverQuotaTests(ContractSandbox sandbox)
    : OverQuotaContract(sandbox.Cloud),
        IClassFixture<ContractSandbox>;
