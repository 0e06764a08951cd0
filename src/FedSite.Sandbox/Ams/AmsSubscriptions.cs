using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Ams;

/// <summary><c>subscriptions/S</c>: create, pull, acknowledge, offsets.</summary>
internal sealed class AmsSubscriptions(AmsStore store, AmsSandboxOptions options)
{
    public async Task HandleAsync(HttpContext context, string name, string verb)
    {
        if (HttpMethods.IsPut(context.Request.Method) && verb.Length == 0)
        {
            await CreateAsync(context, name);
        }
        else if (store.Offsets(name) is not { } offsets)
        {
            await AmsAnswers.NotFoundAsync(context, "Subscription doesn't exist");
        }
        else
        {
            await (
                verb switch
                {
                    "pull" => PullAsync(context, name),
                    "acknowledge" => AcknowledgeAsync(context, name),
                    "offsets" => AmsAnswers.OkAsync(
                        context,
                        json =>
                        {
                            json.WriteNumber("max"u8, offsets.Max);
                            json.WriteNumber("min"u8, 0);
                            json.WriteNumber("current"u8, offsets.Current);
                        }
                    ),
                    _ => AmsAnswers.OkAsync(
                        context,
                        json => json.WriteString("topic"u8, Full("topics", offsets.Topic))
                    ),
                }
            );
        }
    }

    private async Task CreateAsync(HttpContext context, string name)
    {
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var topic = body.RootElement.GetProperty("topic"u8).GetString()!.Split('/')[^1];
        if (!store.HasTopic(topic))
        {
            await AmsAnswers.NotFoundAsync(context, "Topic doesn't exist");
        }
        else if (!store.Subscribe(name, topic))
        {
            await AmsAnswers.ErrorAsync(context, 409, "Subscription already exists", "ALREADY_EXISTS");
        }
        else
        {
            await AmsAnswers.OkAsync(context, json => json.WriteString("name"u8, Full("subscriptions", name)));
        }
    }

    private async Task PullAsync(HttpContext context, string name)
    {
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        // A number where AMS wants a text makes it refuse the request.
        if (
            !body.RootElement.TryGetProperty("maxMessages"u8, out var most)
            || most.ValueKind != JsonValueKind.String
            || !int.TryParse(most.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
        {
            await AmsAnswers.InvalidAsync(context, "Invalid Arguments");
            return;
        }

        await AmsAnswers.OkAsync(
            context,
            json =>
            {
                json.WriteStartArray("receivedMessages"u8);
                foreach (var message in store.Pull(name, count))
                {
                    Write(json, name, message);
                }

                json.WriteEndArray();
            }
        );
    }

    private async Task AcknowledgeAsync(HttpContext context, string name)
    {
        using var body = JsonDocument.Parse(await Answers.ReadBodyAsync(context));
        var prefix = Full("subscriptions", name) + ":";
        var highest = -1L;
        foreach (var id in body.RootElement.GetProperty("ackIds"u8).EnumerateArray())
        {
            var text = id.GetString() ?? "";
            if (
                !text.StartsWith(prefix, StringComparison.Ordinal)
                || !long.TryParse(
                    text[prefix.Length..],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                await AmsAnswers.InvalidAsync(context, "Invalid ack id");
                return;
            }

            highest = Math.Max(highest, number);
        }

        await (
            highest < 0 ? AmsAnswers.InvalidAsync(context, "Invalid ack id")
            : store.Acknowledge(name, highest) ? AmsAnswers.OkAsync(context, _ => { })
            : AmsAnswers.ErrorAsync(context, 500, "wrong ack", "INTERNAL_SERVER_ERROR")
        );
    }

    private void Write(Utf8JsonWriter json, string subscription, DeliveredMessage message)
    {
        json.WriteStartObject();
        json.WriteString("ackId"u8, $"{Full("subscriptions", subscription)}:{message.Id}");
        json.WriteStartObject("message"u8);
        json.WriteString("messageId"u8, message.Id.ToString(CultureInfo.InvariantCulture));
        if (message.EmpaId is not null)
        {
            json.WriteStartObject("attributes"u8);
            json.WriteString("empaid"u8, message.EmpaId);
            json.WriteEndObject();
        }

        json.WriteBase64String("data"u8, message.Data.Span);
        json.WriteString("publishTime"u8, Answers.Seconds(message.PublishedAt));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Full(string kind, string name) => $"projects/{options.Project}/{kind}/{name}";
}
