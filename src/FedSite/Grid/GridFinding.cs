namespace FedSite.Grid;

/// <summary>Something seen while a signature, a chain or a revocation list was checked.</summary>
/// <param name="Id">Stable, for instance <c>crl.expired</c>.</param>
/// <param name="IsError">Errors refuse; the rest is for attention.</param>
/// <param name="Text">What was seen, as a sentence.</param>
public sealed record GridFinding(string Id, bool IsError, string Text)
{
    internal static GridFinding Error(string id, string text) => new(id, IsError: true, text);

    internal static GridFinding Warning(string id, string text) => new(id, IsError: false, text);
}

/// <summary>Ends a check at the first thing that leaves nothing to check further. Stays within this folder.</summary>
internal sealed class RefusedException(string id, string text, Exception? inner = null) : Exception(text, inner)
{
    public GridFinding Finding { get; } = GridFinding.Error(id, text);
}
