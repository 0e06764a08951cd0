using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in a service that plain accounts use with a token of their project.</summary>
/// <param name="cloud">Where the contract is tried.</param>
/// <param name="type">The service's type in the catalog.</param>
public abstract class ServiceContract(ContractCloud cloud, string type) : IAsyncLifetime
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected ContractCloud Cloud => cloud;
    protected RawCloud Raw { get; } = new(cloud);
    protected string Url { get; private set; } = "";
    protected string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Url = await Raw.EndpointAsync(type, Ct);
        Token = await Raw.TokenAsync(cloud.Plain, RawCloud.ProjectScope(cloud.ProjectId), Ct);
    }

    public ValueTask DisposeAsync()
    {
        Raw.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
