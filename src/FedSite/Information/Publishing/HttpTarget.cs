using System.Buffers;
using System.Text;
using FedSite.Configuration;
using FedSite.OpenStack.ObjectStorage;
using Microsoft.Extensions.Logging;

namespace FedSite.Information.Publishing;

/// <summary>A URL that takes a PUT: of a WebDAV server, an object store, or a pre-signed one.</summary>
public sealed partial class HttpTarget : DocumentTarget
{
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    private readonly Uri _url;
    private readonly List<KeyValuePair<string, string>> _headers;
    private readonly WebClient _client;
    private readonly ILogger _logger;

    /// <param name="url">Query, user and password are kept secret; the latter two become basic authorization.</param>
    /// <param name="headers">Of the request; secret.</param>
    /// <param name="cacert">PEM file of CAs to believe beside the system's; null: none.</param>
    /// <param name="origin">Where all this stands, for messages.</param>
    /// <exception cref="FedSiteException">A header is none, or the file of CAs can't be used.</exception>
    public HttpTarget(
        Uri url,
        IReadOnlyDictionary<string, string>? headers,
        string? cacert,
        string origin,
        TimeProvider time,
        ILogger logger
    )
    {
        _logger = logger;
        _url = new UriBuilder(url)
        {
            UserName = "",
            Password = "",
            Fragment = "",
        }.Uri;
        _headers = [.. headers ?? new Dictionary<string, string>()];
        foreach (var (name, value) in _headers)
        {
            CheckHeader(name, value, origin);
        }
        AddDefault("Content-Type", "application/json");
        if (url.UserInfo.Length > 0)
        {
            var user = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo));
            AddDefault("Authorization", $"Basic {Convert.ToBase64String(user)}");
        }
        _client = new WebClient(cacert, origin, time, logger);
        Name = WebClient.Shown(_url);
    }

    public override string Name { get; }
    public override string Type => PublishTarget.Http;

    public override async Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
    {
        var stored = await _client.SendAsync(HttpMethod.Put, _url, _headers, document, ct);
        if (!stored.IsSuccess)
        {
            throw Refused(stored);
        }
        if (stored.ETag is not { } etag || !ContentHash.IsOf(document.Span, etag))
        {
            await VerifyAsync(document, ct);
        }
    }

    public override async Task<string> LookAsync(CancellationToken ct)
    {
        var reply = await AskAsync(HttpMethod.Head, ct);
        // Others say nothing about a PUT: a pre-signed URL is good for one method alone, and there may be no document yet.
        return reply.Status is (>= 300 and < 400) or 401 or >= 500
            ? throw Refused(reply)
            : $"the server answers ({reply.Status} to HEAD)";
    }

    public override async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        var reply = await AskAsync(HttpMethod.Get, ct);
        return reply switch
        {
            { Status: 200 } => reply.Body,
            { Status: 404 or 410 } => null,
            _ => throw Refused(reply),
        };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _client.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task VerifyAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
    {
        var reply = await AskAsync(HttpMethod.Get, ct);
        switch (reply.Status)
        {
            case 200 when document.Span.SequenceEqual(reply.Body):
                break;
            case 200:
                throw new FedSiteException(
                    $"{Name} does not give back what was published{Id(reply)}.",
                    "Run again; if it stays, look whether another program writes there, or a cache is between."
                );
            case 401 or 403 or 404 or 405 or 501:
                // A pre-signed URL is good for one method alone.
                LogUnverified(_logger, Name, reply.Status);
                break;
            default:
                throw Refused(reply);
        }
    }

    private Task<WebReply> AskAsync(HttpMethod method, CancellationToken ct)
    {
        var headers = _headers
            .Where(header => !IsOf(header.Key, "Content-") && !IsOf(header.Key, "If-"))
            .Append(new("Cache-Control", "no-cache"))
            .ToList();
        return _client.SendAsync(method, _url, headers, body: null, ct);

        static bool IsOf(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);
    }

    private void AddDefault(string name, string value)
    {
        if (!_headers.Exists(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            _headers.Add(new(name, value));
        }
    }

    private static void CheckHeader(string name, string value, string origin)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
        {
            throw new FedSiteException(
                $"A header of {origin} is none: its name has other characters than letters, digits and dashes.",
                "Write headers as NAME: VALUE.",
                ExitCode.Usage
            );
        }
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new FedSiteException(
                $"The header {name} of {origin} can't be sent: it has characters beyond ASCII, or an end of line.",
                "Look for a line end that came along from a file, or encode it as the server wants it.",
                ExitCode.Usage
            );
        }
    }

    private static FedSiteException Refused(WebReply reply)
    {
        var to = reply.Location is { } location ? $", a redirect to {WebClient.Shown(location)}" : "";
        return new FedSiteException(
            $"{reply.Request} was answered with {reply.Status}{to}{Id(reply)}.",
            reply.Status switch
            {
                401 or 403 => "Check the headers, the user in the URL, or whether the pre-signed URL has expired.",
                404 or 409 => "Make the folder (WebDAV: collection) or container first, and check the path.",
                405 or 501 => "The server takes no PUT there: switch WebDAV on, or name another URL.",
                412 => "Leave out headers that set conditions (If-Match, If-None-Match).",
                413 or 507 => "The server has no room for the document: ask its operator for more.",
                >= 300 and < 400 => "Use the URL that it points to.",
                408 or 429 or >= 500 => "The server is overloaded or broken: run again later, or ask its operator.",
                _ => "Ask the server's operator what it expects.",
            }
        );
    }

    private static string Id(WebReply reply) => reply.RequestId is { } id ? $" (request {id})" : "";

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "{Name} is published, but can't be verified: the server answers {Status} when it is read"
    )]
    private static partial void LogUnverified(ILogger logger, string name, int status);
}
