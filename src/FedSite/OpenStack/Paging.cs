using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack;

/// <summary>A list that a service hands out page by page.</summary>
/// <param name="Url">With its query, but for the marker.</param>
/// <param name="Collection">Name of the array in the answer.</param>
internal sealed record PagedList(string Service, TokenScope Scope, Uri Url, string Collection)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public Uri PageAfter(string? marker)
    {
        if (marker is null)
        {
            return Url;
        }
        var separator = Url.Query.Length == 0 ? '?' : '&';
        return new Uri($"{Url.AbsoluteUri}{separator}marker={Uri.EscapeDataString(marker)}");
    }
}

/// <summary>
/// Walks through a list by marker. Only the marker of a <c>next</c> link is used, never its host or path, which are
/// wrong behind many balancers and could lead the token elsewhere.
/// </summary>
/// <remarks>
/// While a page is consumed the next one is fetched. Hence a marker is used at once after it came; should its object
/// vanish in that moment, the service refuses it, the listing fails, and the caller repeats it as a whole.
/// </remarks>
internal static class Paging
{
    public static IAsyncEnumerable<Listed<T>> ListAsync<T>(
        this CloudSession session,
        PagedList list,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class =>
        session.ListAsync(list, (ref Utf8JsonReader reader) => JsonSerializer.Deserialize(ref reader, type), ct);

    public static async IAsyncEnumerable<Listed<T>> ListAsync<T>(
        this CloudSession session,
        PagedList list,
        ElementReader<T> read,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        await foreach (var page in PagesAsync(session, list, read, ct))
        {
            for (var i = 0; i < page.Elements.Count; i++)
            {
                yield return page.Elements[i] with
                {
                    EndsPage = i + 1 == page.Elements.Count,
                };
            }
        }
    }

    /// <summary>A page lives until the next one is asked for.</summary>
    private static async IAsyncEnumerable<Page<T>> PagesAsync<T>(
        CloudSession session,
        PagedList list,
        ElementReader<T> read,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var coming = FetchAsync(session, list, read, marker: null, expectedBytes: 0, ended.Token);
        try
        {
            while (coming is not null)
            {
                using var page = await coming;
                coming = null;
                if (page.NextMarker is { } marker)
                {
                    if (!seen.Add(marker))
                    {
                        throw Failures.Nonsense(
                            page.Response,
                            $"its pages go in a circle (marker {marker} came before)"
                        );
                    }
                    coming = FetchAsync(session, list, read, marker, page.Response.Body.Length * 9 / 8, ended.Token);
                }
                yield return page;
            }
        }
        finally
        {
            if (coming is not null)
            {
                await ended.CancelAsync();
                await DropAsync(coming);
            }
        }
    }

    private static async Task<Page<T>> FetchAsync<T>(
        CloudSession session,
        PagedList list,
        ElementReader<T> read,
        string? marker,
        int expectedBytes,
        CancellationToken ct
    )
        where T : class
    {
        var url = list.PageAfter(marker);
        var response = await session.GetAsync(list.Service, list.Scope, url, list.Headers, ct, expectedBytes);
        try
        {
            return Page<T>.Parse(response, list.Collection, read);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Nobody wants that page any more, nor to know what became of it.</summary>
    private static async Task DropAsync<T>(Task<Page<T>> coming)
        where T : class
    {
        await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (coming.IsCompletedSuccessfully)
        {
            (await coming).Dispose();
        }
    }
}
