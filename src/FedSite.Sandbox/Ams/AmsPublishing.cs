using System.Globalization;
using System.Text;
using System.Text.Json;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Ams;

/// <summary><c>topics/T:publish</c>.</summary>
internal sealed class AmsPublishing(AmsSandbox ams, AmsSandboxOptions options)
{
    // What AMS adds to a message before it stores it: id, publishing time, their names.
    private const int Overhead = 150;

    public async Task HandleAsync(HttpContext context, string topic)
    {
        var messages = Read(await Answers.ReadBodyAsync(context));
        if (messages is null)
        {
            await AmsAnswers.InvalidAsync(context, "Invalid Message Arguments");
            return;
        }

        ams.Publishes.Enqueue(messages.Count);
        var trouble = ams.NextTrouble();
        if (trouble?.Delay > TimeSpan.Zero)
        {
            await Task.Delay(trouble.Delay, options.TimeProvider, context.RequestAborted);
        }

        var ids = new List<long>();
        // One by one, as AMS does: what was stored before a failure stays.
        foreach (var (empaId, data, bytes) in messages.Take(trouble?.Stored ?? int.MaxValue))
        {
            if (bytes > options.MaxStoredBytes)
            {
                await TooLargeAsync(context);
                return;
            }

            ids.Add(ams.Store.Append(topic, empaId, data));
        }

        await (trouble is null ? DoneAsync(context, ids) : FailAsync(context, trouble));
    }

    private static Task DoneAsync(HttpContext context, List<long> ids) =>
        AmsAnswers.OkAsync(
            context,
            json =>
            {
                json.WriteStartArray("messageIds"u8);
                foreach (var id in ids)
                {
                    json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture));
                }

                json.WriteEndArray();
            }
        );

    private Task TooLargeAsync(HttpContext context) =>
        options.SaysTooLarge
            ? AmsAnswers.ErrorAsync(context, 413, "Message size is too large", AmsAnswers.WordFor(413))
            : AmsAnswers.ErrorAsync(context, 500, "Backend Error", AmsAnswers.WordFor(500));

    private static async Task FailAsync(HttpContext context, AmsTrouble trouble)
    {
        if (trouble.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (trouble.Status is not { } status)
        {
            context.Abort();
        }
        else if (trouble.Body is { } body)
        {
            await Answers.TextAsync(context, status, "text/html", body);
        }
        else
        {
            await AmsAnswers.ErrorAsync(context, status, "Backend Error", AmsAnswers.WordFor(status));
        }
    }

    // Attributes must be an object of strings, data base64 text; null otherwise.
    private static List<(string? EmpaId, ReadOnlyMemory<byte> Data, int Bytes)>? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var messages = new List<(string?, ReadOnlyMemory<byte>, int)>();
            foreach (var message in document.RootElement.GetProperty("messages"u8).EnumerateArray())
            {
                var bytes = Overhead;
                string? empaId = null;
                if (message.TryGetProperty("attributes"u8, out var attributes))
                {
                    foreach (var attribute in attributes.EnumerateObject())
                    {
                        var value = attribute.Value.GetString() ?? "";
                        bytes += Encoding.UTF8.GetByteCount(value);
                        empaId = attribute.Name == "empaid" ? value : empaId;
                    }
                }

                var data = message.TryGetProperty("data"u8, out var text) ? text.GetBytesFromBase64() : [];
                bytes += (data.Length + 2) / 3 * 4;
                messages.Add((empaId, data, bytes));
            }

            return messages;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
