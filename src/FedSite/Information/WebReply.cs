using System.Net.Http.Headers;

namespace FedSite.Information;

/// <summary>What a web server answered, whatever its status.</summary>
internal sealed record WebReply
{
    /// <summary>Method and URL, without what may be secret.</summary>
    public required string Request { get; init; }

    public required int Status { get; init; }

    public required byte[] Body { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>As sent, with its quotes.</summary>
    public string? ETag { get; init; }

    /// <summary>The server's own id of the request, with which its operator finds it in the logs.</summary>
    public string? RequestId { get; init; }

    /// <summary>Where a redirect points to.</summary>
    public Uri? Location { get; init; }

    public RetryConditionHeaderValue? RetryAfter { get; init; }
}
