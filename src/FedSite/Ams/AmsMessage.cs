using System.Buffers;
using System.Text.Json;

namespace FedSite.Ams;

/// <summary>A message for AMS.</summary>
/// <param name="EmpaId">
/// Its name at the sender, carried as attribute <c>empaid</c>. Only letters, digits and <c>/_.-</c>: a quote or a
/// backslash in an attribute makes AMS store a message that blocks its subscription.
/// </param>
/// <param name="Data">The signed text.</param>
public sealed record AmsMessage(string EmpaId, ReadOnlyMemory<byte> Data)
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-"
    );

    // What AMS adds before it stores a message: id, publishing time, their names.
    private const int ServerOverhead = 150;

    /// <summary>Size that AMS measures against its limit.</summary>
    public int StoredBytes => Base64Bytes(Data.Length) + EmpaId.Length + ServerOverhead;

    private static int Base64Bytes(int bytes) => (bytes + 2) / 3 * 4;

    /// <summary>The body of a publish request.</summary>
    /// <exception cref="ArgumentException">An <see cref="EmpaId"/> has a character that AMS does not stand.</exception>
    internal static ReadOnlyMemory<byte> PublishBody(IReadOnlyList<AmsMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>(messages.Sum(message => message.StoredBytes));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            if (message.EmpaId.AsSpan().ContainsAnyExcept(Allowed))
            {
                throw new ArgumentException($"AMS can't carry the name {message.EmpaId}.", nameof(messages));
            }

            json.WriteStartObject();
            json.WriteStartObject("attributes"u8);
            json.WriteString("empaid"u8, message.EmpaId);
            json.WriteEndObject();
            json.WriteBase64String("data"u8, message.Data.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
