using System.Buffers;
using System.Text;
using CsCheck;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Tests.Accounting;

/// <summary>What is written is read again, whatever the texts of a cloud hold.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<string?> SomeText = SomeServer.AnyText.Select(text => WireText.Clean(text));

    [Fact]
    public void A_storage_record_is_read_as_it_was_written() =>
        Gen.Select(SomeText, SomeText, SomeText)
            .Sample(
                (storageClass, user, group) =>
                {
                    var record = new StorageRecord
                    {
                        RecordId = "volume/2026-11-23",
                        CreateTime = "2026-11-23T12:02:19Z",
                        StorageSystem = "keystone.example.org",
                        Site = "EXAMPLE",
                        StorageClass = storageClass,
                        LocalGroup = "project",
                        UserIdentity = user,
                        Group = group ?? "vo",
                        StartTime = "2026-11-23T00:00:00Z",
                        EndTime = "2026-11-23T12:00:00Z",
                        ResourceCapacityUsed = 1 << 30,
                    };

                    var read = Read(RecordKind.Storage, record.WriteTo);

                    return read.Fault is null
                        && read.Key == record.RecordId
                        && read.Fields.GetValueOrDefault("StorageClass") == storageClass
                        && read.Fields.GetValueOrDefault("UserIdentity") == user
                        && read.Fields["Group"] == record.Group;
                }
            );

    [Fact]
    public void An_IP_record_is_read_as_it_was_written() =>
        Gen.Select(SomeText, SomeText, Gen.Int[0, 1000])
            .Sample(
                (user, service, count) =>
                {
                    var record = new IpRecord
                    {
                        SiteName = "EXAMPLE",
                        CloudType = "FedSite",
                        CloudComputeService = service ?? "service",
                        LocalUser = "id",
                        GlobalUserName = user,
                        LocalGroup = "project",
                        Fqan = "vo",
                        IpVersion = 6,
                        IpCount = count,
                        MeasurementTime = 1_792_843_339,
                    };

                    var read = Read(RecordKind.Ip, record.WriteTo);

                    return read.Fault is null
                        && read.Key == $"EXAMPLE {record.CloudComputeService} project {user ?? "id"} 6 2026-10"
                        && read.Fields.GetValueOrDefault("GlobalUserName") == user
                        && RecordFields.Number(read.Fields["IPCount"]) == count;
                }
            );

    private static MessageRecord Read(RecordKind kind, Action<IBufferWriter<byte>> write)
    {
        var frame = MessageFrame.Of(kind, new AccountingConfig());
        var message = new ArrayBufferWriter<byte>();
        Encoding.ASCII.GetBytes(frame.Header, message);
        write(message);
        Encoding.ASCII.GetBytes(frame.Footer, message);
        return Assert.Single(MessageContent.Parse(message.WrittenMemory).Records);
    }
}
