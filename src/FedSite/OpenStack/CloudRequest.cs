namespace FedSite.OpenStack;

/// <summary>
/// One request. It may be sent several times: whoever creates something must expect to find it there already, or
/// <see cref="Look"/> for it.
/// </summary>
/// <param name="Service">Type of the service, for messages.</param>
internal sealed record CloudRequest(string Service, HttpMethod Method, Uri Url)
{
    /// <summary>Sent as <c>X-Auth-Token</c>.</summary>
    public string? Token { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>.</summary>
    public string? Bearer { get; init; }

    /// <summary>A JSON document; null: no body.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// Asked before the request is sent again: did an earlier try do the work, though its answer got lost? Then this answer
    /// stands for that one. Null: to do it twice does no harm, or is refused.
    /// </summary>
    public Func<CancellationToken, Task<CloudResponse?>>? Look { get; init; }

    /// <summary>Bytes that the answer is expected to have, not binding; 0: not known.</summary>
    public int ExpectedBytes { get; init; }

    public override string ToString() => $"{Method} {Url}";
}
