namespace FedSite.Messages;

/// <summary>Accelerators of virtual machines, a record for each machine, month and model.</summary>
internal static class AcceleratorMessage
{
    /// <summary>What the message calls itself.</summary>
    public const string Type = "APEL-accelerator-message";

    // The repository's primary key; only the model may be absent.
    private static readonly string[] Key =
    [
        "MeasurementYear",
        "MeasurementMonth",
        "AssociatedRecordType",
        "AssociatedRecord",
        "SiteName",
        "Model",
    ];

    public static string? KeyOf(Dictionary<string, string> fields) =>
        Key.SkipLast(1).All(fields.ContainsKey)
            ? string.Join(' ', Key.Select(name => fields.GetValueOrDefault(name)))
            : null;
}
