using System.Globalization;

namespace FedSite.Oci;

/// <summary>What to ask a registry for.</summary>
/// <param name="Scope">Of the token, for instance <c>repository:a/b:pull</c>; null: the API of Harbor, which takes a password.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Url, string? Scope)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>First byte that is wanted.</summary>
    public long From { get; init; }

    /// <summary>Redirects are followed.</summary>
    public bool Follows { get; init; }

    /// <summary>The body is left to be read.</summary>
    public bool IsStream { get; init; }

    /// <summary>Makes <c>If-Range</c> for a server, by its host and port; null: without.</summary>
    public Func<string, string?>? Tag { get; init; }
}

/// <summary>What a server answered, whatever its status.</summary>
internal sealed class RegistryAnswer(HttpResponseMessage message, byte[] body) : IDisposable
{
    public HttpResponseMessage Message => message;

    /// <summary>Empty when it is left to be read.</summary>
    public byte[] Body => body;

    public int Status => (int)message.StatusCode;

    /// <summary>Who answered.</summary>
    public Uri Url => message.RequestMessage!.RequestUri!;

    /// <summary>Method and URL, without what may be secret.</summary>
    public string Request => $"{message.RequestMessage!.Method} {Shown(Url)}";

    /// <summary>Where a redirect points to; null: it is none, or points nowhere.</summary>
    public Uri? Location =>
        Status is 301 or 302 or 303 or 307 or 308
        && message.Headers.Location is { } to
        && Uri.TryCreate(Url, to, out var target)
            ? target
            : null;

    public string? RequestId => Header("X-Request-Id") ?? Header("X-Amz-Request-Id");

    public string? Header(string name) =>
        message.Headers.TryGetValues(name, out var values) || message.Content.Headers.TryGetValues(name, out values)
            ? values.FirstOrDefault()
            : null;

    public long? Number(string name) =>
        long.TryParse(Header(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The URL without what may be secret.</summary>
    public static string Shown(Uri url) =>
        url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public void Dispose() => message.Dispose();
}
