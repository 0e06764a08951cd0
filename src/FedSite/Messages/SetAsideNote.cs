using System.Text.Json.Serialization;

namespace FedSite.Messages;

/// <summary>Lies beside a message that was set aside.</summary>
public sealed record SetAsideNote
{
    public required string Name { get; init; }

    /// <summary>Why it can't be sent.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do about it.</summary>
    public string? NextStep { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SetAsideNote))]
internal sealed partial class MessagesJson : JsonSerializerContext;
