namespace FedSite.Ams;

/// <summary>Kinds of failure at AMS, by what they mean for a message.</summary>
public enum AmsFault
{
    /// <summary>No connection (DNS, refused, TLS): nothing was sent.</summary>
    Unreachable,

    /// <summary>Time-out, cut connection, 408 or 5xx: AMS may or may not have done it.</summary>
    Unknown,

    /// <summary>429: not done, later perhaps.</summary>
    Busy,

    /// <summary>401.</summary>
    Unauthorized,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404: no such project or topic, or a host that AMS does not know.</summary>
    NotFound,

    /// <summary>400 and other answers that blame the request.</summary>
    BadRequest,

    /// <summary>413.</summary>
    TooLarge,

    /// <summary>The host certificate was refused.</summary>
    Certificate,
}

/// <summary>AMS, or the service that gives tokens for it, did not do what was asked.</summary>
public sealed class AmsException : FedSiteException
{
    internal AmsException(AmsFault fault, string message, string? nextStep = null, Exception? inner = null)
        : base(message, nextStep, ExitCode.Failed, inner)
    {
        Fault = fault;
    }

    public AmsFault Fault { get; }

    /// <summary>HTTP status; null: no answer.</summary>
    public int? Status { get; internal init; }

    /// <summary>How long the server asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The same request may well succeed a little later.</summary>
    public bool IsTransient => Fault is AmsFault.Unreachable or AmsFault.Unknown or AmsFault.Busy;
}
