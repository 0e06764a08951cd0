using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary><c>fedsite info publish</c> of a real OpenStack, to a file.</summary>
[Collection(InformationCollection.Name)]
public sealed class PublishedDocumentTests
{
    private readonly TestCloud _cloud = Require.Cloud();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_has_what_show_shows_and_passes_for_valid()
    {
        await using var site = await StartAsync("plainReader");
        var file = FileOf(site);

        var published = await site.Site.RunAsync("info", "publish");

        Assert.True(published.ExitCode == 0, published.StandardError);
        var (shown, _) = await site.ShowAsync();
        // GOCDB is not asked for the id again.
        shown["CloudComputingEndpoint"]![0]!["OtherInfo"]!["gocdb"]!["state"] = "current";
        Differences.AssertNone(shown, await ReadAsync(file));
        var judged = await site.Site.RunAsync("info", "validate", file);
        Assert.True(judged.ExitCode == 0, judged.StandardOutput);
    }

    [Fact]
    public async Task Requests_keep_to_twelve_and_eight_for_each_project()
    {
        await using var site = await StartAsync("accounting");

        var (answer, run) = await site.Site.RunJsonAsync("info", "publish");

        Assert.True(run.ExitCode == 0, run.StandardError);
        var projects = _cloud.Projects.Values.Count(project =>
            project.Enabled && project.Properties.Any(property => property.Key.EndsWith("VO", StringComparison.Ordinal))
        );
        Assert.Equal(5, projects);
        Assert.InRange(answer.GetProperty("requests").GetInt64() + site.GocdbRequests, 1, 12 + (8 * projects));
    }

    [Fact]
    public async Task A_document_that_lost_most_images_is_held_back_until_it_is_forced()
    {
        await using var site = await StartAsync("plainReader");
        var file = FileOf(site);
        var (before, _) = await site.ShowAsync();
        var images = before["CloudComputingImage"]!.AsArray();
        var one = images[0]!;
        foreach (var _ in Enumerable.Range(0, 4 * images.Count))
        {
            var more = one.DeepClone();
            more["ID"] = Guid.CreateVersion7().ToString();
            images.Add(more);
        }
        await File.WriteAllTextAsync(file, before.ToJsonString(), Ct);

        var refused = await site.Site.RunAsync("info", "publish");
        var kept = await ReadAsync(file);
        var forced = await site.Site.RunAsync("info", "publish", "--force");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("held back", refused.StandardError, StringComparison.Ordinal);
        Differences.AssertNone(before, kept);
        Assert.True(forced.ExitCode == 0, forced.StandardError);
        Assert.True((await ReadAsync(file))["CloudComputingImage"]!.AsArray().Count < images.Count / 2);
    }

    [Fact]
    public async Task One_run_reaches_a_file_Swift_and_a_WebDAV_server()
    {
        var store = _cloud.ObjectStore;
        var account = _cloud.Accounts[store.Account];
        using var server = await WebDav.StartAsync();
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "plainReader"),
            $$"""
              publish:
                - {type: file, path: document.json}
                - {type: http, url: "{{server.Url}}open/site.json"}
                - type: swift
                  container: {{store.Container}}
                  openstack:
                    auth_type: v3password
                    region_name: {{_cloud.Region}}
                    auth:
                      auth_url: {{_cloud.Keystone}}
                      username: {{account.Username}}
                      password: {{account.Password}}
                      user_domain_name: Default
                      project_id: {{_cloud.Projects[store.Project].Id}}
            """
        );
        using var login = await PlainApi.LoginToProjectAsync(_cloud, store.Account, store.Project);
        using var raw = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        raw.DefaultRequestHeaders.Add("X-Auth-Token", login.Token);
        var stored = new Uri($"{store.Url}/{store.Container}/{DefaultObject(_cloud.Keystone)}");
        try
        {
            var published = await site.Site.RunAsync("info", "publish");

            Assert.True(published.ExitCode == 0, published.StandardError);
            var document = await File.ReadAllBytesAsync(FileOf(site), Ct);
            Assert.NotEmpty(document);
            Assert.Equal(document, await File.ReadAllBytesAsync(server.In("open/site.json"), Ct));
            Assert.Equal(document, await raw.GetByteArrayAsync(stored, Ct));
        }
        finally
        {
            using var gone = await raw.DeleteAsync(stored, CancellationToken.None);
        }
    }

    [SuppressMessage("Security", "CA5351", Justification = "The contract's name; no secret depends on it.")]
    private static string DefaultObject(Uri keystone) =>
        $"TEST-SITE-{Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(keystone.ToString())))}.json";

    private Task<SiteInGocdb> StartAsync(string account) =>
        SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, account),
            """
              publish: [{type: file, path: document.json}]
            """
        );

    private static string FileOf(SiteInGocdb site) => Path.Combine(site.Site.Folder, "document.json");

    private static async Task<JsonNode> ReadAsync(string file) =>
        JsonNode.Parse(await File.ReadAllTextAsync(file, Ct))!;
}
