using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack;

/// <summary>
/// Reads <c>2026-11-13T20:51:10Z</c> and, as most services write, <c>2026-11-13T20:51:15.000000</c> without a zone,
/// which means UTC.
/// </summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader);

    public static DateTimeOffset Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out var time))
        {
            throw new JsonException("not a time");
        }
        return time.Kind == DateTimeKind.Local
            ? new DateTimeOffset(time.ToUniversalTime())
            : new DateTimeOffset(time.Ticks, TimeSpan.Zero);
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}

/// <summary>The same for a time that nothing hangs on: one that is not understood is null.</summary>
internal sealed class LenientTimeConverter : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return UtcTimeConverter.Read(ref reader);
        }
        catch (JsonException)
        {
            reader.Skip();
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
        {
            writer.WriteStringValue(time.UtcDateTime);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
