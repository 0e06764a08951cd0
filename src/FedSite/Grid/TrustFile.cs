namespace FedSite.Grid;

/// <summary>Reads files of a trust folder, which others provide, up to a size.</summary>
internal static class TrustFile
{
    /// <exception cref="IOException">Missing, unreadable, or larger than <paramref name="maximum"/> bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">Not allowed.</exception>
    public static byte[] Read(string file, int maximum)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length > maximum)
            throw new IOException($"it has {stream.Length} bytes, {maximum} is the limit");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
