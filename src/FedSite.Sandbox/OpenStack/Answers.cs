using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Writing of answers in the forms of the OpenStack services.</summary>
internal static class Answers
{
    private static long _requests;

    /// <summary>Gives the request an id, as every service does.</summary>
    public static string StampRequestId(HttpResponse response)
    {
        var number = (ulong)Interlocked.Increment(ref _requests);
        var id = $"req-{Guid.ParseExact(World.Mix.Hex(number, 0x726571), "N")}";
        response.Headers["x-openstack-request-id"] = id;
        return id;
    }

    public static async Task JsonAsync(
        HttpContext context,
        int status,
        Action<Utf8JsonWriter> write,
        string type = "application/json"
    )
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }
        await BytesAsync(context, status, type, buffer.WrittenMemory);
    }

    public static async Task TextAsync(HttpContext context, int status, string type, string text) =>
        await BytesAsync(context, status, type, Encoding.UTF8.GetBytes(text));

    public static async Task BytesAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>A list with the one link that the services give.</summary>
    public static void Link(Utf8JsonWriter json, string list, string relation, string target)
    {
        json.WriteStartArray(list);
        json.WriteStartObject();
        json.WriteString("rel", relation);
        json.WriteString("href", target);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The 401 of Nova, Neutron and Cinder.</summary>
    public static async Task UnauthorizedAsync(HttpContext context, Endpoints endpoints)
    {
        context.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{endpoints.Identity}/v3\"";
        await JsonAsync(
            context,
            401,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("error");
                json.WriteNumber("code", 401);
                json.WriteString("title", "Unauthorized");
                json.WriteString("message", "The request you have made requires authentication.");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    /// <summary>
    /// An error of the WebOb library: HTML, JSON or plain text as the client accepts; a client that says nothing, as
    /// .NET's, gets plain text.
    /// </summary>
    public static Task PageAsync(HttpContext context, int status, string message)
    {
        var title = status switch
        {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            409 => "Conflict",
            410 => "Gone",
            413 => "Request Entity Too Large",
            415 => "Unsupported Media Type",
            _ => "Not Found",
        };
        var accept = context.Request.Headers.Accept.ToString();
        if (accept.Contains("*/*", StringComparison.Ordinal) || accept.Contains("text/html", StringComparison.Ordinal))
        {
            var page =
                $"<html>\n <head>\n  <title>{status} {title}</title>\n </head>\n <body>\n  <h1>{status} {title}</h1>\n"
                + $"  {message}<br /><br />\n\n\n\n </body>\n</html>";
            return TextAsync(context, status, "text/html; charset=UTF-8", page);
        }
        return accept.Contains("application/json", StringComparison.Ordinal)
            ? JsonAsync(
                context,
                status,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("message", $"{message}<br /><br />\n\n\n");
                    json.WriteString("code", $"{status} {title}");
                    json.WriteString("title", title);
                    json.WriteEndObject();
                }
            )
            : TextAsync(context, status, "text/plain; charset=UTF-8", $"{status} {title}\n\n{message}\n\n   ");
    }

    /// <summary>Scheme, host and port as the client wrote them.</summary>
    public static string Origin(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    public static string Seconds(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The body; empty when it came chunked, since Keystone's WSGI server reads nothing then.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null)
        {
            return [];
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
