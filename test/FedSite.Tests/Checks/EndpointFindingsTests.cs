using System.Net;
using System.Net.Sockets;
using FedSite.Checks;
using FedSite.Grid;
using FedSite.Sandbox;

namespace FedSite.Tests.Checks;

public sealed class EndpointFindingsTests
{
    private static readonly EndpointFindings.Rules Rules = new(CheckRules.Endpoints, CheckRules.EndpointTls);

    [Fact]
    public async Task An_endpoint_that_answers_is_reachable_and_its_clock_agrees()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), cancel);
        var findings = await FindAsync(sandbox.KeystoneUrl);
        Assert.Equal(
            [(CheckRules.Endpoints.Id, Severity.Ok), (CheckRules.Clock.Id, Severity.Ok)],
            findings.Select(f => (f.Id, f.Severity))
        );
    }

    [Fact]
    public async Task A_closed_port_is_an_error_that_names_the_address()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var finding = Assert.Single(await FindAsync(new Uri($"http://127.0.0.1:{port}/v3")));
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Contains("127.0.0.1: Connection refused", finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_address_is_an_error()
    {
        var finding = Assert.Single(await FindAsync(new Uri("https://nowhere.invalid/")));
        Assert.Contains("has no address", finding.Seen, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<Finding>> FindAsync(Uri url) =>
        EndpointFindings.OfAsync(
            "Keystone",
            url,
            TlsTrust.ClientPolicy(folder: null),
            Rules,
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );
}
