using FedSite.Ams;
using FedSite.Grid;

namespace FedSite.Messages;

/// <summary>A message that was read, checked and signed.</summary>
/// <param name="Name">Name in the queue.</param>
/// <param name="Message">What AMS gets; null: it is refused.</param>
/// <param name="Refusal">Why it can't be sent; null: it can.</param>
/// <param name="NextStep">What to do about a refusal.</param>
/// <param name="Bytes">Size of the text.</param>
/// <param name="Records">Number of records; null: not known.</param>
/// <param name="Sha256">Of the text, lower-case hexadecimal.</param>
internal sealed record Outbound(
    string Name,
    AmsMessage? Message,
    string? Refusal,
    string? NextStep,
    int Bytes,
    int? Records,
    string Sha256
)
{
    /// <summary>Makes one out of a text.</summary>
    public static Outbound Prepare(string name, byte[] text, HostCredential credential, TimeProvider time)
    {
        var content = MessageContent.Parse(text);
        int? records = content.Kind is null ? null : content.Records.Count;
        Outbound Refused(string why, string? nextStep) =>
            new(name, null, why, nextStep, text.Length, records, Journal.Hash(text));
        const string Remake = "Lower keys `records` or `bytes` of the queue in site.yaml and make the records again.";
        if (MessageCheck.Refusal(content) is { } refusal)
        {
            return Refused(refusal, Remake);
        }

        try
        {
            var message = new AmsMessage(name, SignedMessage.Sign(text, credential, time.GetUtcNow()));
            return MessageCheck.Refusal(message.StoredBytes) is { } tooLarge
                ? Refused(tooLarge, Remake)
                : new Outbound(name, message, null, null, text.Length, records, Journal.Hash(text));
        }
        catch (FedSiteException e)
        {
            return Refused(e.Message, e.NextStep);
        }
    }
}
