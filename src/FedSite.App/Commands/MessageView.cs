using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary>A message, for scripts.</summary>
internal sealed record MessageView(
    string Queue,
    string Name,
    string State,
    string? Kind,
    long? Run,
    int? Records,
    long? Bytes,
    string? Sha256,
    DateTimeOffset QueuedAt,
    DateTimeOffset? AttemptedAt,
    DateTimeOffset? SettledAt,
    int Attempts,
    string? AmsId,
    string? Reason
)
{
    public static MessageView Of(JournalEntry entry) =>
        new(
            entry.Queue,
            entry.Name,
            entry.State.Word(),
            entry.Kind?.Word(),
            entry.Run,
            entry.Records,
            entry.Bytes,
            entry.Sha256,
            entry.QueuedAt,
            entry.AttemptedAt,
            entry.SettledAt,
            entry.Attempts,
            entry.AmsId,
            entry.Reason
        );

    public static Tone ToneOf(MessageState state) =>
        state switch
        {
            MessageState.Sent => Tone.Good,
            MessageState.Unknown => Tone.Warning,
            MessageState.SetAside => Tone.Bad,
            _ => Tone.Plain,
        };
}

/// <summary>A message with what is in it.</summary>
internal sealed record MessageDetails(
    MessageView Message,
    string? File,
    string? Type,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Records
);

/// <summary>What a rehearsal or a repair did, for scripts.</summary>
internal sealed record RehearsalView(string Queue, string Name, int Bytes, int? Records, string? Refusal);

internal sealed record RetryView(string Name, int? Records, int Superseded, string? Error);

internal sealed record DropView(string Name);

[JsonSerializable(typeof(IReadOnlyList<MessageView>))]
[JsonSerializable(typeof(MessageDetails))]
[JsonSerializable(typeof(IReadOnlyList<SendView>))]
[JsonSerializable(typeof(IReadOnlyList<RehearsalView>))]
[JsonSerializable(typeof(IReadOnlyList<RetryView>))]
[JsonSerializable(typeof(DropView))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class MessageViewJson : JsonSerializerContext;
