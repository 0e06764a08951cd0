using System.Net;
using FedSite.Sandbox;

namespace FedSite.Tests.Sandbox;

public sealed class FederationSandboxTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_strikes_as_often_as_asked_and_then_is_over()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path == "/v2.1",
                Status = 503,
                RetryAfter = "7",
                Times = 2,
            }
        );

        var answers = new List<(HttpStatusCode, TimeSpan?)>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var (status, _, headers) = await client.GetAsync(sandbox.NovaUrl.ToString());
            answers.Add((status, headers.RetryAfter?.Delta));
        }

        var failed = (HttpStatusCode.ServiceUnavailable, (TimeSpan?)TimeSpan.FromSeconds(7));
        Assert.Equal([failed, failed, (HttpStatusCode.OK, null)], answers);
    }

    [Fact]
    public async Task A_reset_cuts_the_connection()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        sandbox.Traffic.Fail(new SandboxFault { Service = SandboxService.Glance, Kind = FaultKind.Reset });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(sandbox.GlanceUrl.ToString()));
    }

    [Fact]
    public async Task Requests_are_counted_by_service()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);

        await client.GetAsync(sandbox.NovaUrl.ToString());
        await client.GetAsync(sandbox.NovaUrl.ToString());
        await client.GetAsync(sandbox.NeutronUrl.ToString());

        Assert.Equal(
            (2, 1, 3),
            (
                sandbox.Traffic.Requests(SandboxService.Nova),
                sandbox.Traffic.Requests(SandboxService.Neutron),
                sandbox.Traffic.AllRequests
            )
        );
    }

    [Fact]
    public async Task The_last_page_of_a_million_servers_comes_by_its_marker_and_nothing_is_kept()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var options = new SandboxOptions { Servers = 1_000_000, Projects = 1 };
        await using var sandbox = await FederationSandbox.StartAsync(options, Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First();
        await client.LoginAsync("accounting", project);
        var marker = new FedSite.Sandbox.World.SeededId(1).Encode(0, 999_000);

        var (_, body, _) = await client.GetAsync(
            $"{sandbox.NovaUrl}/servers/detail?marker={marker}&changes-since=2000-01-01T00:00:00Z"
        );

        Assert.InRange(body!["servers"]!.AsArray().Count, 950, 999);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
    }

    [Fact]
    public async Task With_a_folder_it_has_a_messaging_service_that_knows_the_host()
    {
        var folder = Directory.CreateTempSubdirectory("sandbox").FullName;
        try
        {
            var options = new SandboxOptions { Folder = folder };
            await using var sandbox = await FederationSandbox.StartAsync(options, Ct);

            using var handler = new SocketsHttpHandler();
            handler.SslOptions.ClientCertificates = [sandbox.Messaging!.Host.Certificate];
            handler.SslOptions.CertificateChainPolicy = new()
            {
                TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
                CustomTrustStore = { sandbox.Messaging.Authority.Certificate },
            };
            using var http = new HttpMessageInvoker(handler);
            var url = $"https://127.0.0.1:{sandbox.Ams.AuthPort}/v1/service-types/ams/hosts/127.0.0.1:authx509";
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await http.SendAsync(request, Ct);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
