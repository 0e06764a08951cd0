using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Information.Comparison;

namespace FedSite.Tests.Information.Comparison;

public sealed class DocumentLossTests
{
    private static readonly SomeShare A = Share("vo.a", images: 0..60, flavors: 0..10);
    private static readonly SomeShare B = Share("vo.b", images: 50..100, flavors: 5..10);

    [Fact]
    public void What_is_gone_is_counted_once_for_all_shares()
    {
        var loss = Loss([A, B], [A with { Images = A.Images[..30] }, B]);

        Assert.Equal(new LostPart("images", 20, 100), loss.Images);
        Assert.Equal(new LostPart("flavors", 0, 10), loss.Flavors);
        Assert.Equal(new LostPart("shares", 0, 2), loss.Shares);
    }

    [Fact]
    public void Words_tell_what_is_lost_and_what_is_allowed()
    {
        var loss = Loss([A], [A with { Images = A.Images[..30] }]);

        Assert.Equal("lost 30 of 60 images (50 %), allowed are 30 %", loss.Describe(30));
        Assert.Equal("", loss.Describe(50));
    }

    [Theory]
    [InlineData(49, true)]
    [InlineData(50, false)]
    public void What_is_allowed_is_not_above(int percent, bool isAbove) =>
        Assert.Equal(isAbove, Loss([A], [A with { Images = A.Images[..30] }]).IsAbove(percent));

    [Theory]
    [InlineData("images", 10, 0)]
    [InlineData("flavors", 0, 4)]
    [InlineData("token", 0, 0)]
    [InlineData("servers", 10, 4)]
    public void What_did_not_answer_is_not_lost(string part, int flavors, int images)
    {
        var before = A with { Images = A.Images[..4] };
        var loss = Loss([before], [before with { Images = [], Flavors = [], Failed = [part] }]);

        Assert.Equal((flavors, images), (loss.Flavors.Lost, loss.Images.Lost));
        Assert.Equal(new LostPart("shares", 0, 1), loss.Shares);
    }

    [Fact]
    public void An_image_of_a_VO_that_did_not_answer_is_missed_by_another_that_did()
    {
        var loss = Loss([A, B], [A with { Images = [], Failed = ["images"] }, B with { Images = [] }]);

        Assert.Equal(new LostPart("images", 50, 50), loss.Images);
    }

    [Fact]
    public void A_share_that_is_gone_is_lost_and_its_images_are_not_counted_again()
    {
        var loss = Loss([A, B], [A]);

        Assert.Equal(new LostPart("shares", 1, 2), loss.Shares);
        Assert.Equal(0, loss.Images.Lost);
        Assert.Equal("lost 1 of 2 shares (50 %), allowed are 30 %", loss.Describe(30));
    }

    [Fact]
    public void A_VO_of_which_nothing_is_known_but_that_it_failed_is_not_lost()
    {
        var after = Site([A]).ToJson();
        after["CloudComputingEndpoint"]![0]!["OtherInfo"] = JsonNode.Parse(
            """{"failed": [{"vo": "vo.b", "part": "token", "info": "Keystone answered 401"}]}"""
        );

        var loss = DocumentLoss.Of(Site([A, B]).ToBytes(), Encoding.UTF8.GetBytes(after.ToJsonString()));

        Assert.Equal(new LostPart("shares", 0, 1), loss.Shares);
    }

    [Fact]
    public void Documents_of_the_provider_are_counted_alike()
    {
        var before = (Site([A, B]) with { Repeats = true }).ToBytes();

        Assert.Equal(
            new LostPart("images", 20, 100),
            DocumentLoss.Of(before, Site([A with { Images = A.Images[..30] }, B]).ToBytes()).Images
        );
    }

    [Theory]
    [InlineData("garbage", "The earlier document cannot be read.")]
    [InlineData("[1]", "The earlier document cannot be read. It is no JSON object.")]
    public void With_garbage_nothing_counts_as_lost(string before, string fault)
    {
        var loss = DocumentLoss.Of(Encoding.UTF8.GetBytes(before), Site([A]).ToBytes());

        Assert.StartsWith(fault, loss.Fault, StringComparison.Ordinal);
        Assert.False(loss.IsAbove(0));
    }

    private static DocumentLoss Loss(SomeShare[] before, SomeShare[] after) =>
        DocumentLoss.Of(Site(before).ToBytes(), Site(after).ToBytes());

    private static SomeSite Site(SomeShare[] shares) => new(shares);

    private static SomeShare Share(string vo, Range images, Range flavors) =>
        new(vo, "p-" + vo)
        {
            Images = [.. Numbers(images).Select(number => new SomeImage("image" + number, "image " + number))],
            Flavors = [.. Numbers(flavors).Select(number => new SomeFlavor("flavor" + number, "flavor " + number))],
        };

    private static IEnumerable<string> Numbers(Range range) =>
        Enumerable
            .Range(range.Start.Value, range.End.Value - range.Start.Value)
            .Select(number => number.ToString(CultureInfo.InvariantCulture));
}
