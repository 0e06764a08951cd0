using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>What a site's document says does not depend on the kind of account that reads the cloud, but on its rights.</summary>
[Collection(InformationCollection.Name)]
public sealed class AccountsTests(CloudOnce once)
{
    private readonly TestCloud _cloud = Require.Cloud();

    [Fact]
    public async Task Each_vo_may_have_an_application_credential_and_terms_of_its_own()
    {
        const string secret = "of one test";
        using var owner = await PlainApi.LoginToProjectAsync(_cloud, "accounting", "gpu");
        var path = $"/users/{_cloud.Accounts["accounting"].Id}/application_credentials";
        var made = await owner.SendAsync(
            HttpMethod.Post,
            "identity",
            path,
            $$$"""{"application_credential":{"name":"{{{Guid.CreateVersion7():N}}}","secret":"{{{secret}}}"} }"""
        );
        var id = (string)made!["application_credential"]!["id"]!;
        try
        {
            await using var site = await SiteInGocdb.StartAsync(
                _cloud.Keystone,
                CloudYaml.Of(_cloud, "homeless"),
                $$"""
                  share: {sla: "https://sla.example.org/all", networks: {info: infiniband, default_type: private} }
                  vos:
                    - name: /biomed/vip
                      sla: https://sla.example.org/biomed
                      openstack: {{Credential(_cloud.ApplicationCredential.Id, _cloud.ApplicationCredential.Secret)}}
                    - name: vo.gpu.example
                      networks: {default_type: public, public_name: provider}
                      openstack: {{Credential(id, secret)}}
                """
            );

            var (document, _) = await site.ShowAsync();

            var seen = await once.SeenAsync(_cloud);
            var expected = Expected(
                seen,
                new ExpectedShare("/biomed/vip", seen.Projects["alpha"])
                {
                    Sla = "https://sla.example.org/biomed",
                    NetworkInfo = "infiniband",
                    DefaultNetworkType = "private",
                },
                new ExpectedShare("vo.gpu.example", seen.Projects["gpu"])
                {
                    Sla = "https://sla.example.org/all",
                    DefaultNetworkType = "public",
                    PublicNetworkName = "provider",
                }
            );
            AssertSame(expected, document);
        }
        finally
        {
            await owner.SendAsync(HttpMethod.Delete, "identity", $"{path}/{id}");
        }
    }

    [Fact]
    public async Task A_vo_whose_project_the_account_may_not_enter_keeps_its_share_and_the_document_says_so()
    {
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "plainReader"),
            $$"""
              vos:
                - {name: vo.gpu.example, projects: [{{Project("gpu")}}]}
            """
        );

        var (document, _) = await site.ShowAsync();

        var seen = await once.SeenAsync(_cloud);
        var expected = Expected(
            seen,
            new ExpectedShare("vo.gpu.example", seen.Projects["gpu"]) { IsOpen = false },
            new ExpectedShare("vo.alpha.example", seen.Projects["alpha"])
        );
        AssertSame(expected, document);
    }

    [Fact]
    public async Task An_administrator_tells_what_a_member_has_but_for_images_that_others_share()
    {
        await using var admin = await TemporaryAdmin.MakeAsync(_cloud, "alpha");
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, admin.Name, TemporaryAdmin.Password, "")
        );

        var (document, run) = await site.ShowAsync();

        var seen = await once.SeenAsync(_cloud);
        var expected = Expected(seen, new ExpectedShare("vo.alpha.example", seen.Projects["alpha"]));
        AssertSame(expected with { WithImagesOfOthers = false }, document);
        Assert.Contains("shared images not known", run.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_who_comes_after_members_tells_no_more_than_a_member_has()
    {
        await using var admin = await TemporaryAdmin.MakeAsync(_cloud, "spelled");
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "homeless"),
            $$"""
              parallel: 1
              vos:
                - {name: vo.several.example, projects: [{{Project("several")}}], openstack: {{Member()}} }
                - {name: vo.alpha.example, projects: [{{Project("alpha")}}], openstack: {{Member()}} }
                - {name: vo.gpu.example, projects: [{{Project("gpu")}}], openstack: {{Member()}} }
                - name: vo.spelled.example
                  projects: [{{Project("spelled")}}]
                  openstack: {auth: {username: {{admin.Name}}, password: {{TemporaryAdmin.Password}} } }
            """
        );

        var (document, _) = await site.ShowAsync();

        var seen = await once.SeenAsync(_cloud);
        var flavors = document["CloudComputingInstanceType"]!
            .AsArray()
            .Where(flavor =>
                flavor!["Associations"]!["Share"]!
                    .AsArray()
                    .Any(share => ((string)share!).EndsWith(seen.Projects["spelled"].Id, StringComparison.Ordinal))
            )
            .Select(flavor => (string)flavor!["Name"]!);
        Assert.Equal(
            seen.Flavors.Where(flavor => flavor.IsFor(seen.Projects["spelled"])).Select(flavor => flavor.Name).Order(),
            flavors.Order()
        );
    }

    [Fact]
    public async Task A_wrong_password_of_one_vo_costs_the_others_nothing()
    {
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "accounting"),
            $$"""
              vos:
                - {name: vo.gpu.example, projects: [{{Project("gpu")}}], openstack: {auth: {password: wrong} } }
            """
        );

        var (document, _) = await site.ShowAsync();

        var seen = await once.SeenAsync(_cloud);
        var others = seen.SharesOf(_cloud.Accounts["accounting"]).Where(share => share.Vo != "vo.gpu.example");
        ExpectedShare[] shares =
        [
            new ExpectedShare("vo.gpu.example", seen.Projects["gpu"]) { IsOpen = false },
            .. others,
        ];
        AssertSame(Expected(seen, shares), document);
    }

    [Fact]
    public async Task A_region_of_one_vo_that_does_not_exist_costs_the_others_nothing()
    {
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "accounting"),
            $$"""
              vos:
                - {name: vo.gpu.example, projects: [{{Project("gpu")}}], openstack: {region_name: Nowhere} }
            """
        );

        var (document, _) = await site.ShowAsync();

        var share = document["Share"]![0]!;
        Assert.Equal(Project("gpu"), (string)share["ProjectID"]!);
        Assert.Equal("warning", (string)share["OtherInfo"]!["health"]!["state"]!);
        Assert.Equal(
            ["compute-quota", "flavors", "images", "network-quota", "servers", "volume-quota"],
            share["OtherInfo"]!["health"]!["failed"]!.AsArray().Select(failed => (string)failed!["part"]!)
        );
        Assert.Equal("warning", (string)document["CloudComputingEndpoint"]![0]!["HealthState"]!);

        // All that is not about the VO is as if it were not there.
        var seen = await once.SeenAsync(_cloud);
        var others = seen.SharesOf(_cloud.Accounts["accounting"]).Where(other => other.Vo != "vo.gpu.example");
        var expected = Expected(seen, [.. others]).Make();
        document["Share"]!.AsArray().RemoveAt(0);
        document["MappingPolicy"]!.AsArray().RemoveAt(0);
        string[] common = ["CloudComputingService", "CloudComputingManager", "CloudComputingEndpoint", "AccessPolicy"];
        Assert.All(
            expected.Where(kind => !common.Contains(kind.Key)),
            kind => Differences.AssertNone(kind.Value, document[kind.Key])
        );
    }

    private string Credential(string id, string secret) =>
        $$"""
            {auth_type: v3applicationcredential, region_name: {{_cloud.Region}}, auth: {auth_url: "{{_cloud.Keystone}}", application_credential_id: {{id}}, application_credential_secret: {{secret}} } }
            """;

    private string Project(string key) => _cloud.Projects[key].Id;

    private string Member() =>
        $$"""{auth: {username: accounting, password: {{_cloud.Accounts["accounting"].Password}} } }""";

    private ExpectedDocument Expected(SeenCloud seen, params ExpectedShare[] shares) =>
        new()
        {
            Cloud = seen,
            Endpoint = _cloud.Keystone.ToString(),
            Shares = shares,
        };

    private static void AssertSame(ExpectedDocument expected, JsonObject document) =>
        Differences.AssertNone(expected.Make(), document);
}
