namespace FedSite.Information.Publishing;

/// <summary>A place where the document is published. Safe for use by many tasks at once.</summary>
public abstract class DocumentTarget : IDisposable
{
    /// <summary>
    /// For messages and <c>--to</c>: path, <c>swift:CONTAINER/OBJECT</c>, or URL without query and user. Holds no secret.
    /// </summary>
    public abstract string Name { get; }

    /// <summary><c>file</c>, <c>swift</c> or <c>http</c>.</summary>
    public abstract string Type { get; }

    /// <summary>
    /// Replaces what is published: readers get the old or the new document, whole. When this returns, the new one is there
    /// for good, and its checksum was compared where the place allows. May be repeated, and killed at any time.
    /// </summary>
    /// <exception cref="FedSiteException">It could not be published, or not surely.</exception>
    public abstract Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct);

    /// <summary>Looks whether a document could be published, as far as that shows without writing.</summary>
    /// <returns>What was seen, as the end of a sentence that begins with the name.</returns>
    /// <exception cref="FedSiteException">It could not.</exception>
    public abstract Task<string> LookAsync(CancellationToken ct);

    /// <summary>What is published now; null: nothing.</summary>
    /// <exception cref="FedSiteException">It could not be read.</exception>
    public abstract Task<byte[]?> ReadAsync(CancellationToken ct);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
