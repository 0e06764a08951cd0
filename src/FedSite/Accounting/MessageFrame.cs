using FedSite.Configuration;

namespace FedSite.Accounting;

/// <summary>What stands around the records of a message.</summary>
/// <param name="Header">Before the first record.</param>
/// <param name="Separator">Between two records.</param>
/// <param name="Footer">Behind the last record.</param>
internal sealed record MessageFrame(string Header, string Separator, string Footer)
{
    public static MessageFrame Of(RecordKind kind, AccountingConfig config) =>
        kind switch
        {
            RecordKind.Cloud => new MessageFrame("APEL-cloud-message: v0.4\n", "%%\n", ""),
            RecordKind.Accelerator => Json("APEL-accelerator-message", "0.1"),
            RecordKind.Ip => Json("APEL Public IP message", config.PublicIp.Version),
            _ => new MessageFrame(
                $"""<sr:StorageUsageRecords xmlns:sr="{StorageRecord.Namespace}">""",
                "",
                "</sr:StorageUsageRecords>"
            ),
        };

    private static MessageFrame Json(string type, string version) =>
        new($$"""{"Type": "{{type}}", "Version": "{{version}}", "UsageRecords": [""", ", ", "]}");
}
