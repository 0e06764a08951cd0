using System.Text;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Tests.Messages;

/// <summary>Messages of each kind, as they are on the wire.</summary>
internal static class SomeMessage
{
    public const string StorageNamespace = "http://eu-emi.eu/namespaces/2011/02/storagerecord";

    /// <summary>A record of public addresses; 1792843339 is 2026-10-24T12:02:19Z.</summary>
    public static string Ip(string user, int count, long measured = 1_792_843_339) =>
        $"{{\"SiteName\": \"EXAMPLE\", \"CloudType\": \"FedSite\", \"CloudComputeService\": \"keystone.example.org\", "
        + $"\"LocalUser\": \"id-of-{user}\", \"GlobalUserName\": \"{user}\", \"LocalGroup\": \"project\", "
        + $"\"FQAN\": \"vo.example.eu\", \"IPVersion\": 4, \"IPCount\": {count}, \"MeasurementTime\": {measured}}}";

    public static string IpMessage(params string[] records) =>
        $"{{\"Type\": \"APEL Public IP message\", \"Version\": \"0.2\", \"UsageRecords\": [{string.Join(", ", records)}]}}";

    public static string Storage(string id, long bytes = 1 << 30, string day = "2026-11-23") =>
        $"<sr:StorageUsageRecord><sr:RecordIdentity sr:createTime=\"{day}T12:02:19Z\" sr:recordId=\"{id}/{day}\" />"
        + "<sr:StorageSystem>keystone.example.org</sr:StorageSystem><sr:Site>EXAMPLE</sr:Site>"
        + "<sr:StorageMedia>disk</sr:StorageMedia><sr:StorageClass>lvm</sr:StorageClass>"
        + "<sr:SubjectIdentity><sr:LocalUser>user</sr:LocalUser><sr:LocalGroup>project</sr:LocalGroup>"
        + "<sr:UserIdentity>someone</sr:UserIdentity><sr:Group>vo.example.eu</sr:Group></sr:SubjectIdentity>"
        + $"<sr:StartTime>{day}T00:00:00Z</sr:StartTime><sr:EndTime>{day}T12:00:00Z</sr:EndTime>"
        + $"<sr:ResourceCapacityUsed>{bytes}</sr:ResourceCapacityUsed></sr:StorageUsageRecord>";

    public static string StorageMessage(params string[] records) =>
        $"<sr:StorageUsageRecords xmlns:sr=\"{StorageNamespace}\">{string.Concat(records)}</sr:StorageUsageRecords>";

    /// <summary>A machine that runs since the first of September 2026, so many seconds later.</summary>
    public static string Cloud(string vm, long wall = 60) =>
        "FQAN: vo.example.eu\nSiteName: EXAMPLE\nStartTime: 1788220800\nStatus: started\n"
        + $"VMUUID: {vm}\nWallDuration: {wall}\n";

    public static string CloudMessage(params string[] records) =>
        "APEL-cloud-message: v0.4\n" + string.Join("%%\n", records);

    public static string Accelerator(string vm, string count = "2") =>
        $"{{\"SiteName\": \"EXAMPLE\", \"AssociatedRecord\": \"{vm}\", \"FQAN\": \"vo.example.eu\", \"Count\": {count}, "
        + "\"AvailableDuration\": 3600, \"MeasurementMonth\": 9, \"MeasurementYear\": 2026, "
        + "\"AssociatedRecordType\": \"cloud\", \"Type\": \"GPU\", \"Model\": \"NVIDIA A100\"}";

    public static string AcceleratorMessage(params string[] records) =>
        $"{{\"Type\": \"APEL-accelerator-message\", \"Version\": \"0.1\", \"UsageRecords\": [{string.Join(", ", records)}]}}";

    /// <summary>A record of a kind that differs from others in its id alone.</summary>
    public static string Record(RecordKind kind, string id) =>
        kind switch
        {
            RecordKind.Cloud => Cloud(id),
            RecordKind.Accelerator => Accelerator(id),
            RecordKind.Ip => Ip(id, 3),
            _ => Storage(id),
        };

    public static string Message(RecordKind kind, params string[] records) =>
        kind switch
        {
            RecordKind.Cloud => CloudMessage(records),
            RecordKind.Accelerator => AcceleratorMessage(records),
            RecordKind.Ip => IpMessage(records),
            _ => StorageMessage(records),
        };

    /// <summary>A message of a kind with a record for each of the ids.</summary>
    public static string Of(RecordKind kind, params string[] ids) =>
        Message(kind, [.. ids.Select(id => Record(kind, id))]);

    public static MessageContent Parse(string text) => MessageContent.Parse(Encoding.UTF8.GetBytes(text));
}
