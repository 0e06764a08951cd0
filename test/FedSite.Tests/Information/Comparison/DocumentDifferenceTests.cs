using System.Text;
using System.Text.Json.Nodes;
using FedSite.Information.Comparison;

namespace FedSite.Tests.Information.Comparison;

public sealed class DocumentDifferenceTests
{
    private static readonly SomeSite Site = SomeSite.Ordinary;

    [Fact]
    public void The_same_document_has_no_differences()
    {
        var difference = DocumentDifference.Between(Site.ToBytes(), Site.ToBytes());

        Assert.True(difference.IsEqual);
        Assert.Equal("no differences", difference.Summary);
    }

    [Fact]
    public void Once_and_repeated_for_each_share_are_the_same()
    {
        var repeated = (Site with { Repeats = true }).ToBytes();

        Assert.True(DocumentDifference.Between(repeated, Site.ToBytes()).IsEqual);
        Assert.True(DocumentDifference.Between(Site.ToBytes(), repeated).IsEqual);
    }

    [Fact]
    public void The_summary_tells_losses_first()
    {
        var share = Site.Shares[0];
        SomeFlavor[] flavors = [.. share.Flavors, new("n1", "new.1"), new("n2", "new.2")];
        var after = Of(share with { Images = [SomeImage.Debian], Flavors = flavors }, Site.Shares[1]);

        Assert.Equal(
            "lost 1 image, 2 flavors new",
            DocumentDifference.Between(Site.ToBytes(), after.ToBytes()).Summary
        );
    }

    [Fact]
    public void A_lost_share_is_named_and_so_is_what_it_shared()
    {
        var difference = DocumentDifference.Between(Site.ToBytes(), Of(Site.Shares[0]).ToBytes());

        Assert.Equal("lost 1 share, 1 image changed, 1 flavor changed", difference.Summary);
        Assert.Equal(Site.Shares[1].Name, Assert.Single(difference.Classes[0].Lost).Name);
        Assert.Equal(
            new MemberChange("Associations.Share", Site.IdOf(Site.Shares[1]), After: null),
            Assert.Single(Assert.Single(difference.Classes[1].Changed).Members)
        );
    }

    [Fact]
    public void Numbers_beyond_all_bounds_are_compared_as_they_are_written()
    {
        var huge = """{"CloudComputingInstanceType":[{"ID":"a","RAM":1e99999999999}]}"""u8.ToArray();
        var other = """{"CloudComputingInstanceType":[{"ID":"a","RAM":[2e99999999999]}]}"""u8.ToArray();
        var third = """{"CloudComputingInstanceType":[{"ID":"a","RAM":[3e99999999999]}]}"""u8.ToArray();

        Assert.True(DocumentDifference.Between(huge, huge).IsEqual);
        Assert.False(DocumentDifference.Between(other, third).IsEqual);
    }

    [Fact]
    public void A_changed_member_is_told_with_both_values()
    {
        var change = Change(document => document["CloudComputingInstanceType"]![0]!["RAM"] = 1024);

        Assert.Equal(new MemberChange("RAM", "32768", "1024"), change);
    }

    [Fact]
    public void Members_of_OtherInfo_are_told_by_themselves()
    {
        var change = Change(document =>
            document["CloudComputingImage"]![0]!["OtherInfo"]!["eu.egi.cloud.tag"] = "2026-11-01-ffff"
        );

        Assert.Equal(new MemberChange("OtherInfo.eu.egi.cloud.tag", "2026-10-01-1a2b3c4d", "2026-11-01-ffff"), change);
    }

    [Fact]
    public void The_VO_of_a_share_is_a_member_of_it()
    {
        var change = Change(document =>
            document["MappingPolicy"]![0]!["Associations"]!["PolicyUserDomain"]![0] = "vo.other.eu"
        );

        Assert.Equal(new MemberChange("VO", "vo.example.eu", "vo.other.eu"), change);
    }

    [Fact]
    public void What_a_share_failed_to_tell_is_a_change_but_not_the_words_for_it()
    {
        var failed = Of(Site.Shares[0] with { Failed = ["images"] }, Site.Shares[1]);
        var document = failed.ToJson();
        document["Share"]![0]!["OtherInfo"]!["health"]!["failed"]![0]!["info"] = "Glance is away since 10:03";

        var fromNothing = DocumentDifference.Between(Site.ToBytes(), failed.ToBytes());
        var betweenWords = DocumentDifference.Between(failed.ToBytes(), Bytes(document));

        Assert.Equal(
            new MemberChange("OtherInfo.health", Before: null, "warning: images"),
            Assert.Single(Assert.Single(Assert.Single(fromNothing.Classes).Changed).Members)
        );
        Assert.True(betweenWords.IsEqual);
    }

    [Theory]
    [InlineData("TotalVM", "7")]
    [InlineData("OtherInfo.usage", "{\"compute\": {}}")]
    [InlineData("OtherInfo.vm_states", "{\"ACTIVE\": 2}")]
    public void What_always_changes_counts_only_when_asked_for(string member, string value)
    {
        var document = Site.ToJson();
        var path = member.Split('.');
        path[..^1].Aggregate(document["Share"]![0]!, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value);

        var without = DocumentDifference.Between(Site.ToBytes(), Bytes(document));
        var with = DocumentDifference.Between(Site.ToBytes(), Bytes(document), withVolatile: true);

        Assert.True(without.IsEqual);
        Assert.Equal("1 share changed", with.Summary);
    }

    [Fact]
    public void When_a_document_was_made_is_no_difference()
    {
        var document = Site.ToJson();
        foreach (var (_, objects) in document)
            objects![0]!["CreationTime"] = "2026-11-02T09:04:11.000000+00:00";

        Assert.True(DocumentDifference.Between(Site.ToBytes(), Bytes(document)).IsEqual);
    }

    [Fact]
    public void The_site_itself_is_compared_too()
    {
        var document = Site.ToJson();
        document["CloudComputingEndpoint"]![0]!["ServingState"] = "closed";

        Assert.Equal("endpoint changed", DocumentDifference.Between(Site.ToBytes(), Bytes(document)).Summary);
    }

    [Fact]
    public void With_garbage_there_is_no_comparison()
    {
        var difference = DocumentDifference.Between("garbage"u8.ToArray(), Site.ToBytes());

        Assert.False(difference.IsEqual);
        Assert.StartsWith(
            "The earlier document cannot be read. It is no JSON",
            difference.Summary,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Objects_without_members_are_compared_all_the_same() =>
        Assert.Equal(
            "lost 1 image",
            DocumentDifference
                .Between(
                    """{"CloudComputingImage": [{"ID": "a"}, {"ID": 7}, {}, 3, null]}"""u8.ToArray(),
                    """{"CloudComputingImage": {"ID": "a"}, "Share": 7}"""u8.ToArray()
                )
                .Summary
        );

    private static MemberChange Change(Action<JsonObject> change)
    {
        var document = Site.ToJson();
        change(document);
        var difference = DocumentDifference.Between(Site.ToBytes(), Bytes(document));
        return Assert.Single(Assert.Single(Assert.Single(difference.Classes).Changed).Members);
    }

    // Its counts of shares are of no matter here.
    private static SomeSite Of(params SomeShare[] shares) => Site with { Shares = shares };

    private static byte[] Bytes(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
