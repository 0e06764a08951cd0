namespace FedSite.OpenStack;

/// <summary>
/// An element of a paged list. One that cannot be read costs itself alone: <see cref="Item"/> is null then and
/// <see cref="Fault"/> says why.
/// </summary>
/// <param name="Item">The element; null when it could not be read.</param>
/// <param name="Fault">Why it could not be read; null when it could.</param>
/// <param name="Raw">Its JSON. Valid until one behind the page is asked for; see <see cref="EndsPage"/>.</param>
public readonly record struct Listed<T>(T? Item, string? Fault, ReadOnlyMemory<byte> Raw)
    where T : class
{
    /// <summary>The last one of its page.</summary>
    public bool EndsPage { get; init; }

    /// <summary>The service itself knows too little just now and will know more later: do not write the element off.</summary>
    public bool Passing { get; init; }
}
