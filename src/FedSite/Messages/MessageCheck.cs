using System.Text;

namespace FedSite.Messages;

/// <summary>What AMS and the repository's receiver demand of any message, whoever made it.</summary>
internal static class MessageCheck
{
    /// <summary>Records in one message at most.</summary>
    public const int MaxRecords = 1000;

    /// <summary>Why this text can't be sent; null: it can.</summary>
    public static string? Refusal(ReadOnlySpan<byte> text, MessageContent content)
    {
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "It is empty.";
        }

        if (text.IndexOfAnyExceptInRange((byte)0x00, (byte)0x7f) is >= 0 and var at)
        {
            return $"Byte {at} (0x{text[at]:x2}) is not ASCII; receivers take ASCII alone.";
        }

        if (content.Records.Count > MaxRecords)
        {
            return $"It holds {content.Records.Count} records; the repository takes {MaxRecords} at most.";
        }

        // The receiver takes a message with one of these words for an encrypted one.
        foreach (var word in (string[])["application/pkcs7-mime", "application/x-pkcs7-mime"])
        {
            if (text.IndexOf(Encoding.ASCII.GetBytes(word)) >= 0)
            {
                return $"It contains the words {word}; the receiver would take it for an encrypted message.";
            }
        }

        return null;
    }
}
