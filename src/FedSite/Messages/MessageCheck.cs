namespace FedSite.Messages;

/// <summary>What the repository demands of any message, whoever made it, beyond what signing checks.</summary>
internal static class MessageCheck
{
    /// <summary>Records in one message at most.</summary>
    public const int MaxRecords = 1000;

    /// <summary>
    /// Stored size that every release of AMS takes. Above it, refusals may look like an outage (500).
    /// </summary>
    public const int SafeBytes = 900_000;

    /// <summary>Stored size that no release of AMS takes.</summary>
    public const int MaxBytes = 1_500_000;

    /// <summary>Why this message can't be sent; null: it can.</summary>
    public static string? Refusal(MessageContent content) =>
        content.Records.Count > MaxRecords
            ? $"It holds {content.Records.Count} records; the repository takes {MaxRecords} at most."
            : null;

    /// <summary>Why a message of this stored size can't be sent; null: it can.</summary>
    public static string? Refusal(int storedBytes) =>
        storedBytes > MaxBytes ? $"It takes {storedBytes} bytes in AMS, which takes {MaxBytes} at most." : null;
}
