using System.Text;
using CsCheck;
using FedSite.Configuration;
using FedSite.Messages;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.Messages;

public sealed class MessageContentTests
{
    // As cASO 5.2.2 writes them, shortened to one record.
    private const string OtherIpMessage =
        "{\"Type\": \"APEL Public IP message\", \"Version\": \"0.2\", \"UsageRecords\": [{\"SiteName\": \"EXAMPLE\", "
        + "\"CloudType\": \"caso/5.2.2 (OpenStack)\", \"CloudComputeService\": \"EXAMPLE\", "
        + "\"uuid\": \"0b5d9c8e-6a2f-4f55-9d1c-2f6f9a3f1c01\", \"LocalGroup\": \"project\", \"FQAN\": \"vo.example.eu\", "
        + "\"IPVersion\": 4, \"IPCount\": 3, \"MeasurementTime\": 1792843339}]}";

    private const string OtherStorageMessage =
        $"<sr:StorageUsageRecords xmlns:sr=\"{StorageNamespace}\"><sr:StorageUsageRecord>"
        + "<sr:RecordIdentity sr:createTime=\"2026-11-23T12:02:19.698322\" sr:recordId=\"volume\" />"
        + "<sr:StorageSystem>EXAMPLE</sr:StorageSystem><sr:Site>EXAMPLE</sr:Site><sr:SubjectIdentity>"
        + "<sr:LocalUser>user</sr:LocalUser><sr:LocalGroup>project</sr:LocalGroup><sr:Group>vo.example.eu</sr:Group>"
        + "</sr:SubjectIdentity><sr:StartTime>2026-11-19T00:00:00</sr:StartTime>"
        + "<sr:EndTime>2026-11-23T12:02:19.698322</sr:EndTime>"
        + "<sr:ResourceCapacityUsed>257698037760</sr:ResourceCapacityUsed></sr:StorageUsageRecord>"
        + "</sr:StorageUsageRecords>";

    public static TheoryData<RecordKind> Kinds => new(Enum.GetValues<RecordKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_message_of_every_kind_gives_its_records_in_order(RecordKind kind)
    {
        var content = Parse(Of(kind, "a", "b", "c"));

        Assert.Equal(kind, content.Kind);
        Assert.Equal(3, content.Records.Select(record => record.Key).Distinct().Count());
        Assert.All(content.Records, record => Assert.Null(record.Fault));
    }

    [Fact]
    public void Addresses_are_counted_for_each_user_version_and_month() =>
        Assert.Equal(
            "EXAMPLE keystone.example.org project someone 4 2026-10",
            Assert.Single(Parse(IpMessage(Ip("someone", 3))).Records).Key
        );

    [Fact]
    public void Addresses_without_a_user_are_those_of_the_project()
    {
        var record = Assert.Single(Parse(OtherIpMessage).Records);

        Assert.Equal("EXAMPLE EXAMPLE project  4 2026-10", record.Key);
        Assert.Null(record.Fault);
    }

    [Fact]
    public void A_storage_record_gives_its_identity_and_all_its_leaves()
    {
        var record = Assert.Single(Parse(StorageMessage(Storage("volume", 5))).Records);

        Assert.Equal("volume/2026-11-23", record.Key);
        Assert.Equal(
            "RecordId=volume/2026-11-23 CreateTime=2026-11-23T12:02:19Z StorageSystem=keystone.example.org Site=EXAMPLE "
                + "StorageMedia=disk StorageClass=lvm LocalUser=user LocalGroup=project UserIdentity=someone "
                + "Group=vo.example.eu StartTime=2026-11-23T00:00:00Z EndTime=2026-11-23T12:00:00Z ResourceCapacityUsed=5",
            string.Join(' ', record.Fields.Select(field => $"{field.Key}={field.Value}"))
        );
    }

    [Fact]
    public void A_storage_record_without_zone_and_class_is_complete()
    {
        var record = Assert.Single(Parse(OtherStorageMessage).Records);

        Assert.Equal("volume", record.Key);
        Assert.Null(record.Fault);
    }

    [Fact]
    public void Any_prefix_may_stand_for_the_namespace()
    {
        var text = StorageMessage(Storage("volume"))
            .Replace("sr:", "storage:", StringComparison.Ordinal)
            .Replace("xmlns:sr=", "xmlns:storage=", StringComparison.Ordinal);

        Assert.Equal("volume/2026-11-23", Assert.Single(Parse(text).Records).Key);
    }

    [Fact]
    public void Another_namespace_is_another_kind_of_document() =>
        Assert.Null(
            Parse(StorageMessage(Storage("volume")).Replace("2011/02", "2012/02", StringComparison.Ordinal)).Kind
        );

    [Theory]
    [InlineData("{\"Type\": \"APEL-accelerator-message\", \"UsageRecords\": [{\"SiteName\"", "broken JSON")]
    [InlineData("{\"Type\": \"APEL Public IP message\"}", "APEL Public IP message without UsageRecords")]
    [InlineData("{\"Type\": \"\\ud800\"}", "broken JSON")]
    [InlineData("<sr:StorageUsageRecords xmlns:sr=\"x\"><sr:StorageUsageRecord>", "XML, StorageUsageRecords")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "broken XML")]
    [InlineData("APEL-cloud-summary-message: v0.4\nSite: x", "APEL-cloud-summary-message: v0.4")]
    [InlineData(" \n", "")]
    public void What_is_no_usage_message_says_what_it_seems_to_be(string text, string type)
    {
        var content = Parse(text);

        Assert.Null(content.Kind);
        Assert.Equal(type, content.Type);
    }

    [Fact]
    public void A_storage_message_that_is_cut_off_is_none() =>
        Gen.Int[0, StorageMessage(Storage("a"), Storage("b")).Length - 1]
            .Sample(length => Parse(StorageMessage(Storage("a"), Storage("b"))[..length]).Kind is null);

    [Fact]
    public void A_cloud_message_that_is_cut_off_within_a_record_has_an_incomplete_one()
    {
        var last = Cloud("b");
        var whole = CloudMessage(Cloud("a"), last);
        Gen.Int[1, last.Length - 1]
            .Sample(cut =>
            {
                var records = Parse(whole[..^cut]).Records;
                return records[0].Fault is null && records[1].Fault is not null;
            });
    }

    [Theory]
    [InlineData("WallDuration: 60", "WallDuration: many", "WallDuration")]
    [InlineData("VMUUID: b", "VMUUID: ", "VMUUID")]
    [InlineData("Status: started", "Status: completed", "EndTime")]
    [InlineData("StartTime: 1788220800", "StartTime: 9223372036854775807", "StartTime")]
    public void A_record_says_what_it_lacks(string part, string other, string missing)
    {
        var record = Parse(CloudMessage(Cloud("b").Replace(part, other, StringComparison.Ordinal))).Records[0];

        Assert.Equal([missing], record.Missing);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_message_of_all_its_records_is_the_message_itself(RecordKind kind)
    {
        var text = Encoding.ASCII.GetBytes(Of(kind, "a", "b"));

        Assert.Equal(
            Encoding.ASCII.GetString(text),
            Encoding.ASCII.GetString(MessageContent.Rewrite(text, MessageContent.Parse(text).Records).Span)
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_message_with_records_left_out_is_as_if_it_never_had_them(RecordKind kind) =>
        Gen
            .Bool.Array[1, 8]
            .Sample(chosen =>
            {
                string[] ids = [.. chosen.Select((_, i) => $"id-{i}")];
                var text = Encoding.ASCII.GetBytes(Of(kind, ids));
                var kept = MessageContent.Parse(text).Records.Where((_, i) => chosen[i]).ToList();
                return kept.Count == 0
                    || Encoding.ASCII.GetString(MessageContent.Rewrite(text, kept).Span)
                        == Of(kind, [.. ids.Where((_, i) => chosen[i])]);
            });

    [Fact]
    public void Text_outside_ASCII_survives_a_rewrite_of_a_storage_message()
    {
        var text = Encoding.UTF8.GetBytes(
            StorageMessage(Storage("a")).Replace("someone", "J&#252;rgen <![CDATA[&]]> Ω")
        );

        var rewritten = MessageContent.Rewrite(text, MessageContent.Parse(text).Records);

        Assert.True(Ascii.IsValid(rewritten.Span));
        Assert.Equal("Jürgen & Ω", MessageContent.Parse(rewritten).Records[0].Fields["UserIdentity"]);
    }

    [Fact]
    public void No_bytes_at_all_make_it_fail() =>
        Gen.Byte.Array[0, 200].Sample(bytes => MessageContent.Parse(bytes) is not null);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_damage_to_a_message_makes_it_fail(RecordKind kind)
    {
        var whole = Encoding.ASCII.GetBytes(Of(kind, "a", "b", "c"));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length - 1], Gen.Int[0, whole.Length])
            .Sample(
                (at, value, from, length) =>
                {
                    byte[] damaged = [.. whole];
                    damaged[at] = value;
                    byte[] moved = [.. damaged[from..], .. damaged[..length]];
                    return MessageContent.Parse(damaged) is not null
                        && MessageContent.Parse(damaged.AsMemory(0, length)) is not null
                        && MessageContent.Parse(moved) is not null;
                }
            );
    }
}
