using System.Net.Http.Headers;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Ams;

/// <summary>Puts failures of AMS and its token service into words, each with what to do about it.</summary>
internal sealed class AmsFailures(AmsConfig config, GridDn? host, TimeProvider time)
{
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromMinutes(1);
    private const int QuotedCharacters = 200;

    /// <summary>This clock minus that of the last server that answered.</summary>
    public TimeSpan? ClockSkew { get; private set; }

    /// <summary>Learns the server's time from an answer.</summary>
    public void NoteDate(HttpResponseHeaders headers)
    {
        if (headers.Date is { } date)
        {
            ClockSkew = time.GetUtcNow() - date;
        }
    }

    /// <summary>No answer came, because of this exception.</summary>
    public AmsException NoAnswer(Uri url, HttpRequestException failure, string? tlsFault)
    {
        var reason = (failure.InnerException ?? failure).Message;
        return failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => Unreachable(
                $"The name {url.Host} is not known: {reason}",
                "Check key `messaging.ams.host` of site.yaml and the name servers of this machine.",
                failure
            ),
            HttpRequestError.SecureConnectionError when tlsFault is not null => Unreachable(
                $"{url.Host}:{url.Port} can't be trusted: {tlsFault}.",
                "Install its CA: in the system's store, or as a PEM file in the folder of key `messaging.trust`."
                    + SkewHint(),
                failure
            ),
            HttpRequestError.SecureConnectionError => Refused(url, reason, failure),
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => Unreachable(
                $"No connection to {url.Host}:{url.Port}: {reason}",
                "Check that this machine may open outgoing connections to that port (firewall, HTTPS_PROXY).",
                failure
            ),
            _ when IsTlsAlert(failure) => Refused(url, reason, failure),
            _ => new AmsException(
                AmsFault.Unknown,
                $"The connection to {url.Host}:{url.Port} broke before the answer came: {reason}",
                "Run the command again; what may have arrived is sent again in the right order.",
                failure
            ),
        };
    }

    public static AmsException TimedOut(Uri url, TimeSpan limit) =>
        new(
            AmsFault.Unknown,
            $"{url.Host}:{url.Port} gave no answer within {limit.TotalSeconds:0} s.",
            "Run the command again later; what may have arrived is sent again in the right order."
        );

    public static AmsException NoConnection(Uri url, TimeSpan limit) =>
        Unreachable(
            $"No connection to {url.Host}:{url.Port} within {limit.TotalSeconds:0} s.",
            "Check that this machine may open outgoing connections to that port (firewall, HTTPS_PROXY).",
            null
        );

    public static AmsException Unreadable(Uri url, string body) =>
        new(
            AmsFault.Unknown,
            $"{url.Host}:{url.Port} answered 200, but not as AMS does: {Quote(body)}",
            "Check keys `messaging.ams.host` and `port` of site.yaml, and whether a proxy stands between."
        );

    /// <summary>The service that gives tokens answered with an error.</summary>
    public AmsException Token(Uri url, int status, string body, TimeSpan? retryAfter)
    {
        var said = Said(status, body);
        return status switch
        {
            404 when body.Contains("Binding", StringComparison.OrdinalIgnoreCase) => Answer(
                AmsFault.NotFound,
                status,
                $"AMS does not know this host. Its certificate's DN is {host?.Slash} ({said}).",
                $"The DN must stand in GOCDB as Host DN of a service endpoint that is in production, exactly so. AMS learns "
                    + $"of it within a few hours, and then lists it as {host?.Authn}.{UnknownAttributes()}"
            ),
            404 => Answer(
                AmsFault.NotFound,
                status,
                $"{url.Host}:{url.Port} gives no tokens for the AMS {config.Host} ({said}).",
                "Check keys `messaging.ams.host` and `auth_port` of site.yaml."
            ),
            400 => Answer(
                AmsFault.Certificate,
                status,
                $"{url.Host}:{url.Port} saw no certificate of this host ({said}).",
                "A proxy that opens TLS connections would do that: let this machine reach the port directly."
            ),
            403 => Answer(
                AmsFault.Certificate,
                status,
                $"AMS refuses the certificate {host?.Slash}: {said}.",
                "Request a new host certificate if this one has expired or was revoked." + SkewHint()
            ),
            _ => Other(url, status, said, retryAfter),
        };
    }

    /// <summary>AMS answered with an error, about <paramref name="topic"/> if one was to be used.</summary>
    public AmsException Api(Uri url, int status, string body, TimeSpan? retryAfter, string? topic)
    {
        var said = Said(status, body);
        return status switch
        {
            401 => Answer(
                AmsFault.Unauthorized,
                status,
                $"AMS does not accept the token for project {config.Project} ({said}).",
                config.Token is null
                    ? $"A new token was refused as well. Ask the operators of {config.Host}: DN {host?.Slash}."
                    : "Check key `messaging.ams.token` of site.yaml, or leave it out to get a token by host certificate."
            ),
            403 when topic is not null => Answer(
                AmsFault.Forbidden,
                status,
                $"This host may not publish to topic {topic} of project {config.Project} ({said}).",
                $"In GOCDB, add a service endpoint of type {ServiceType(topic)} with this host's DN"
                    + $"{(host is null ? "" : $" {host.Slash}")}, in production; AMS learns of it within a few hours."
            ),
            404 => Answer(
                AmsFault.NotFound,
                status,
                body.Contains("project", StringComparison.OrdinalIgnoreCase)
                    ? $"AMS {config.Host} has no project {config.Project} ({said})."
                    : $"AMS {config.Host} has no topic {topic} in project {config.Project} ({said}).",
                "Check keys `messaging.ams.project` and `topic` of the queue in site.yaml."
            ),
            413 => Answer(
                AmsFault.TooLarge,
                status,
                $"The message is too large for AMS ({said}).",
                "Lower keys `records` or `bytes` of the queue in site.yaml and make the records again."
            ),
            _ => Other(url, status, said, retryAfter),
        };
    }

    /// <summary>A sentence for users when this machine's clock is off, else nothing.</summary>
    public string SkewHint() =>
        ClockSkew is { } skew && skew.Duration() > TolerableSkew
            ? $" The clock of this machine is {skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} "
                + "that of AMS: set it right first."
            : "";

    private static AmsException Other(Uri url, int status, string said, TimeSpan? retryAfter)
    {
        var (fault, nextStep) = status switch
        {
            429 => (AmsFault.Busy, "Run the command again later."),
            408 or >= 500 => (
                AmsFault.Unknown,
                "AMS, or a proxy before it, is in trouble: run the command again later."
            ),
            401 or 403 => (AmsFault.Forbidden, "Ask the operators of AMS."),
            >= 300 and < 400 => (AmsFault.BadRequest, "Check keys `messaging.ams.host` and `port` of site.yaml."),
            _ => (AmsFault.BadRequest, "The words of AMS above say what it did not like."),
        };
        var wait = retryAfter is { } asked ? $" It asks to wait {asked.TotalSeconds:0} s." : "";
        return new AmsException(fault, $"{url.Host}:{url.Port} answered {said}.{wait}", nextStep)
        {
            Status = status,
            RetryAfter = retryAfter,
        };
    }

    private static AmsException Answer(AmsFault fault, int status, string message, string nextStep) =>
        new(fault, message, nextStep) { Status = status };

    private static AmsException Unreachable(string message, string nextStep, Exception? inner) =>
        new(AmsFault.Unreachable, message, nextStep, inner);

    // An expired certificate may also end the connection, with TLS 1.3 only when the answer is read.
    private AmsException Refused(Uri url, string reason, Exception inner) =>
        url.Port == config.AuthPort && host is not null
            ? new AmsException(
                AmsFault.Certificate,
                $"{url.Host}:{url.Port} ended the TLS connection, most likely because of the certificate {host.Slash}: {reason}",
                "Check that it is valid now and that its CA is one of EGI's trust anchors." + SkewHint(),
                inner
            )
            : Unreachable(
                $"No TLS connection to {url.Host}:{url.Port}: {reason}",
                "Check keys `messaging.ams.host` and `port` of site.yaml, and whether a proxy stands between.",
                inner
            );

    private static bool IsTlsAlert(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            if (e.Message.Contains("alert", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // GOCDB's service types have dots where topics have dashes.
    private static string ServiceType(string topic) =>
        topic.StartsWith("eu-egi-", StringComparison.Ordinal) ? topic.Replace('-', '.') : topic;

    private string UnknownAttributes() =>
        host is { UnknownToAuthn.Count: > 0 }
            ? $" It can't import a DN with {string.Join(", ", host.UnknownToAuthn)}: this host needs another certificate."
            : "";

    private static string Said(int status, string body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, AmsJson.Default.ErrorAnswer)?.Error;
            if (error?.Message is { } message)
            {
                return $"{status}: {Quote(message)}";
            }
        }
        catch (JsonException)
        {
            // A balancer's HTML, for instance.
        }

        return body.Length == 0 ? $"{status}" : $"{status}: {Quote(body)}";
    }

    private static string Quote(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= QuotedCharacters ? line : line[..QuotedCharacters] + "…";
    }
}
