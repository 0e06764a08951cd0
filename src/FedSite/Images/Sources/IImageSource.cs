namespace FedSite.Images.Sources;

/// <summary>
/// A place that offers VM images. What it says and sends is not trusted: whoever reads content compares its digest and
/// inspects it.
/// </summary>
internal interface IImageSource : IDisposable
{
    /// <summary>Unique in the site.</summary>
    string Name { get; }

    /// <summary>Requests sent so far, repeated ones included.</summary>
    long Requests { get; }

    /// <summary>
    /// All that is offered now. Never throws because of the source: what could not be read is stated in the listing.
    /// </summary>
    /// <param name="ct">The user's wish to stop.</param>
    Task<SourceListing> ListAsync(CancellationToken ct);

    /// <summary>The content of an offer, from a byte on.</summary>
    /// <param name="offer">Of this source.</param>
    /// <param name="from">Bytes that are there already; 0: none.</param>
    /// <param name="ct">Ends the request; reading has a token of its own.</param>
    /// <returns>
    /// Exactly the bytes from there on: when the server knows no ranges, they are read over. Ends early, or throws
    /// <see cref="IOException"/>, when the connection breaks. The caller disposes of it.
    /// </returns>
    /// <exception cref="FedSiteException">The source refuses, or did not answer after all tries.</exception>
    Task<Stream> OpenAsync(ImageOffer offer, long from, CancellationToken ct);
}
