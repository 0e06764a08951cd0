using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>
/// A second glance-api before the same database, which takes little. It is at the admin endpoint of the catalog, that nobody
/// else uses, until it is disposed of.
/// </summary>
internal sealed class SmallGlance : IAsyncDisposable
{
    public const int MaxBytes = 1_000_000;
    public const int MaxMembers = 1;

    private readonly Process _process;
    private readonly PlainApi _admin;
    private readonly JsonNode _endpoint;

    private SmallGlance(Process process, PlainApi admin, JsonNode endpoint) =>
        (_process, _admin, _endpoint) = (process, admin, endpoint);

    /// <param name="cloud">The cloud.</param>
    /// <param name="folder">For its settings.</param>
    public static async Task<SmallGlance> StartAsync(TestCloud cloud, string folder)
    {
        var admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "");
        var service = (await admin.GetAsync("identity", "/services?type=image"))["services"]![0]!;
        var endpoints = await admin.GetAsync("identity", $"/endpoints?interface=admin&service_id={service["id"]}");
        var port = OwnRegistry.FreePort();
        var config = Path.Combine(folder, "glance.conf");
        await File.WriteAllTextAsync(
            config,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [DEFAULT]
                bind_port = {port}
                log_file = {config}.log
                image_size_cap = {MaxBytes}
                image_member_quota = {MaxMembers}

                """
            )
        );
        var common = Path.Combine(
            Path.GetDirectoryName(Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD"))!,
            "etc/glance.conf"
        );
        var start = new ProcessStartInfo("/usr/bin/glance-api", ["--config-file", common, "--config-file", config])
        {
            UseShellExecute = false,
        };
        var glance = new SmallGlance(Process.Start(start)!, admin, Assert.Single(endpoints["endpoints"]!.AsArray())!);
        try
        {
            var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
            await glance.AnswersAsync(url);
            await glance.MoveAsync(url.ToString().TrimEnd('/'));
            return glance;
        }
        catch
        {
            await glance.DisposeAsync();
            throw;
        }
    }

    /// <summary>The account, which uses this Glance.</summary>
    public static string Account(string openstack) =>
        openstack.Replace("{auth_type", "{interface: admin, auth_type", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await MoveAsync((string)_endpoint["url"]!);
        _admin.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task AnswersAsync(Uri url)
    {
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(url, TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    private Task<JsonNode?> MoveAsync(string url) =>
        _admin.SendAsync(
            HttpMethod.Patch,
            "identity",
            $"/endpoints/{_endpoint["id"]}",
            $$$"""{"endpoint":{"url":"{{{url}}}"} }"""
        );
}
