using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.OpenStack;

/// <summary>The OpenStack that <c>test.sh</c> starts and seeds.</summary>
public sealed class RealCloud
{
    public ContractCloud Cloud { get; } = ContractCloud.Read(Description());

    private static string Description()
    {
        var file = Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD");
        Assert.SkipWhen(file is null, "no real OpenStack: FEDSITE_TEST_CLOUD is not set; ./test.sh sets it");
        return file!;
    }
}

public sealed class RealKeystoneTests(RealCloud real) : KeystoneContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealNovaTests(RealCloud real) : NovaContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealGlanceTests(RealCloud real) : GlanceContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealOpenStackCloudTests(RealCloud real)
    : OpenStackCloudContract(real.Cloud),
        IClassFixture<RealCloud>;

public sealed class RealNeutronTests(RealCloud real) : NeutronContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealNetworkMakingTests(RealCloud real)
    : NetworkMakingContract(real.Cloud),
        IClassFixture<RealCloud>;

public sealed class RealCinderTests(RealCloud real) : CinderContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealAdminListTests(RealCloud real) : AdminListContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealSwiftTests(RealCloud real) : SwiftContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealFederationTests(RealCloud real) : FederationContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealMappingTests(RealCloud real) : MappingContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealDirectoryTests(RealCloud real) : DirectoryContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealAssignmentTests(RealCloud real) : AssignmentContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealFlavorTests(RealCloud real) : FlavorContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealFlavorAdminTests(RealCloud real) : FlavorAdminContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealImageTests(RealCloud real) : ImageContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealQuotaTests(RealCloud real) : QuotaContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealLimitTests(RealCloud real) : LimitContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealImageWriteTests(RealCloud real) : ImageWriteContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealImageMemberTests(RealCloud real) : ImageMemberContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealImageUseTests(RealCloud real) : ImageUseContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealImageRefusalTests(RealCloud real) : ImageRefusalContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealSecurityTests(RealCloud real) : SecurityContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealPeopleTests(RealCloud real) : PeopleContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealServerActionTests(RealCloud real) : ServerActionContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealRemovalTests(RealCloud real) : RemovalContract(real.Cloud), IClassFixture<RealCloud>;

public sealed class RealOverQuotaTests(RealCloud real) : OverQuotaContract(real.Cloud), IClassFixture<RealCloud>;
