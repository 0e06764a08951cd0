using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary><c>fedsite info show</c> on a real OpenStack says what the cloud's own APIs say.</summary>
[Collection(InformationCollection.Name)]
public sealed class ShownDocumentTests(CloudOnce once)
{
    private readonly TestCloud _cloud = Require.Cloud();

    [Fact]
    public async Task Every_member_of_every_object_is_what_the_cloud_says()
    {
        var expected = await ExpectedAsync();
        await using var site = await SiteInGocdb.StartAsync(_cloud.Keystone, CloudYaml.Of(_cloud, "accounting"));
        var begin = TimeProvider.System.GetUtcNow();

        var (document, run) = await site.ShowAsync();

        Differences.AssertNone(expected.Make(), document);
        AssertOneTime(document, begin);
        Assert.True(Ascii.IsValid(run.StandardOutput));
        Assert.Equal(run.StandardOutput.Length - 1, run.StandardOutput.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_member_in_the_form_of_1_2_is_what_the_cloud_says()
    {
        var endpoint = $"{_cloud.Keystone}/";
        var expected = await ExpectedAsync() with { Endpoint = endpoint, Like12 = true, WithSnapshots = true };
        await using var site = await SiteInGocdb.StartAsync(
            _cloud.Keystone,
            CloudYaml.Of(_cloud, "accounting"),
            $$"""
              compat: 1.2
              endpoint: {{endpoint}}
              images: {hide_snapshots: false}
            """
        );

        var (document, _) = await site.ShowAsync();

        Differences.AssertNone(expected.Make(), document);
    }

    [Fact]
    public async Task A_document_about_one_vo_has_its_two_projects_and_nothing_of_others()
    {
        var all = await ExpectedAsync();
        var expected = all with { Shares = [.. all.Shares.Where(share => share.Vo == "vo.beta.example")] };
        await using var site = await SiteInGocdb.StartAsync(_cloud.Keystone, CloudYaml.Of(_cloud, "accounting"));

        var (document, _) = await site.ShowAsync("--vo", "vo.beta.example");

        Assert.Equal(2, expected.Shares.Count);
        Differences.AssertNone(expected.Make(), document);
    }

    private async Task<ExpectedDocument> ExpectedAsync()
    {
        var seen = await once.SeenAsync(_cloud);
        return new ExpectedDocument
        {
            Cloud = seen,
            Endpoint = _cloud.Keystone.ToString(),
            Shares = seen.SharesOf(_cloud.Accounts["accounting"]),
        };
    }

    /// <summary>That of the start, in all objects.</summary>
    private static void AssertOneTime(JsonObject document, DateTimeOffset begin)
    {
        var text = Assert.Single(
            document
                .SelectMany(kind => kind.Value!.AsArray())
                .Select(item => (string)item![ExpectedDocument.CreationTime]!)
                .Distinct()
        );
        var time = DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
        Assert.InRange(time, begin, TimeProvider.System.GetUtcNow());
        Assert.EndsWith("+00:00", text, StringComparison.Ordinal);
    }
}
