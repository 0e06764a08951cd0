using FedSite.Scenarios.Support;
using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.Images;

/// <summary>Debian's registry, which <c>test.sh</c> starts.</summary>
public sealed class RealRegistries
{
    public ContractRegistry Registry { get; } = Of(Require.Registry());

    private static ContractRegistry Of(TestRegistry found) =>
        new(found.Open, found.Closed, found.Username, found.Password);
}

public sealed class RealRegistryTests(RealRegistries registries)
    : RegistryContract(registries.Registry),
        IClassFixture<RealRegistries>;
