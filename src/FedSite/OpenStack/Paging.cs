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
    public static async IAsyncEnumerable<Listed<T>> ListAsync<T>(
        this CloudSession session,
        PagedList list,
        JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        await foreach (var page in PagesAsync(session, list, ct))
        {
            for (var i = 0; i < page.Elements.Count; i++)
            {
                var (start, length) = page.Elements[i];
                yield return Read(page.Body.Slice(start, length), type) with
                {
                    EndsPage = i + 1 == page.Elements.Count,
                };
            }
        }
    }

    /// <summary>A page lives until the next one is asked for.</summary>
    private static async IAsyncEnumerable<Page> PagesAsync(
        CloudSession session,
        PagedList list,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var coming = FetchAsync(session, list, marker: null, expectedBytes: 0, ended.Token);
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
                    coming = FetchAsync(session, list, marker, page.Body.Length * 9 / 8, ended.Token);
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

    private static async Task<Page> FetchAsync(
        CloudSession session,
        PagedList list,
        string? marker,
        int expectedBytes,
        CancellationToken ct
    )
    {
        var url = list.PageAfter(marker);
        var response = await session.GetAsync(list.Service, list.Scope, url, list.Headers, ct, expectedBytes);
        try
        {
            return Page.Parse(response, list.Collection);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Nobody wants that page any more, nor to know what became of it.</summary>
    private static async Task DropAsync(Task<Page> coming)
    {
        await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (coming.IsCompletedSuccessfully)
        {
            (await coming).Dispose();
        }
    }

    private static Listed<T> Read<T>(ReadOnlyMemory<byte> raw, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(raw.Span, type) is { } item
                ? new Listed<T>(item, Fault: null, raw)
                : new Listed<T>(Item: null, "it is null", raw);
        }
        catch (JsonException e)
        {
            return new Listed<T>(Item: null, e.Message, raw);
        }
    }
}
