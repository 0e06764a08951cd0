using System.Text.Json;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Ams;

/// <summary>Answers in the forms of AMS and its token service.</summary>
internal static class AmsAnswers
{
    public static Task OkAsync(HttpContext context, Action<Utf8JsonWriter> content) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                content(json);
                json.WriteEndObject();
            }
        );

    public static Task UnauthorizedAsync(HttpContext context) =>
        ErrorAsync(context, 401, "Unauthorized", "UNAUTHORIZED");

    public static Task ForbiddenAsync(HttpContext context) =>
        ErrorAsync(context, 403, "Access to this resource is forbidden", "FORBIDDEN");

    public static Task NotFoundAsync(HttpContext context, string message) =>
        ErrorAsync(context, 404, message, "NOT_FOUND");

    public static Task InvalidAsync(HttpContext context, string message) =>
        ErrorAsync(context, 400, message, "INVALID_ARGUMENT");

    public static string WordFor(int status) =>
        status switch
        {
            400 => "INVALID_ARGUMENT",
            408 => "TIMEOUT",
            413 => "INVALID_ARGUMENT",
            _ => "INTERNAL_SERVER_ERROR",
        };

    public static Task ErrorAsync(HttpContext context, int status, string message, string word) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("error"u8);
                json.WriteNumber("code"u8, status);
                json.WriteString("message"u8, message);
                json.WriteString("status"u8, word);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
