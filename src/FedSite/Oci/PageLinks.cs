using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.Oci;

/// <summary>From one page of a list to the next by <c>Link</c> (RFC 8288), as long as that leads on.</summary>
internal sealed class PageLinks(RegistryHttp http)
{
    private const int MaxPages = 1000;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Null: this was the last page.</summary>
    /// <exception cref="RegistryException">The link leads elsewhere, or round in circles.</exception>
    public Uri? Next(RegistryAnswer answer)
    {
        _seen.Add(answer.Url.PathAndQuery);
        if (Target(answer) is not { } text)
        {
            return null;
        }
        var why =
            !Uri.TryCreate(answer.Url, text, out var next) ? "the link to its next page is no URL"
            : !http.IsOwn(next) ? $"the link to its next page leads to {next.Authority}"
            : _seen.Contains(next.PathAndQuery) ? "its pages link to each other in a circle"
            : _seen.Count >= MaxPages ? $"it has more than {MaxPages} pages"
            : null;
        return why is null ? next : throw RegistryFailures.Nonsense(answer, why);
    }

    /// <exception cref="RegistryException">The answer is something else.</exception>
    public static T Read<T>(RegistryAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type)
                ?? throw RegistryFailures.Nonsense(answer, "not as a registry does");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RegistryFailures.Nonsense(answer, $"not as a registry does ({Kind(answer)})");
        }
    }

    private static string Kind(RegistryAnswer answer) =>
        RegistryFailures.Plain(answer.Header("Content-Type") ?? "no type");

    private static string? Target(RegistryAnswer answer)
    {
        if (!answer.Message.Headers.TryGetValues("Link", out var headers))
        {
            return null;
        }
        foreach (var link in headers.SelectMany(header => header.Split(',', StringSplitOptions.TrimEntries)))
        {
            var end = link.IndexOf('>', StringComparison.Ordinal);
            if (link.StartsWith('<') && end > 0 && IsNext(link[(end + 1)..]))
            {
                return link[1..end];
            }
        }
        return null;
    }

    private static bool IsNext(string parameters) =>
        parameters
            .Split(';', StringSplitOptions.TrimEntries)
            .Any(parameter =>
                parameter
                    .Replace("\"", "", StringComparison.Ordinal)
                    .Equals("rel=next", StringComparison.OrdinalIgnoreCase)
            );
}
