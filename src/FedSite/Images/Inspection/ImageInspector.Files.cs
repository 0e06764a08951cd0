namespace FedSite.Images.Inspection;

internal sealed partial class ImageInspector
{
    private const int BlockBytes = 64 << 10;

    /// <summary>Judges a whole file. Only what matters is read, and what a stream would have missed is looked up.</summary>
    /// <param name="file">A regular file; where it stands does not matter, and stays.</param>
    /// <param name="terms">What it is held against.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<ImageInspection> InspectAsync(
        FileStream file,
        InspectionTerms terms,
        CancellationToken cancellationToken
    )
    {
        var inspector = new ImageInspector(terms);
        var block = new byte[BlockBytes];
        var length = RandomAccess.GetLength(file.SafeFileHandle);
        while (inspector.Size < length)
        {
            inspector.SkipTo(Math.Min(inspector.NextNeed, length - ImageSignatures.TailBytes), length);
            var read = await RandomAccess.ReadAsync(
                file.SafeFileHandle,
                block.AsMemory(0, (int)Math.Min(block.Length, length - inspector.Size)),
                inspector.Size,
                cancellationToken
            );
            // Somebody shortens it meanwhile.
            if (read == 0)
                break;
            inspector.Feed(block.AsSpan(0, read));
        }

        inspector.Conclude();
        return await inspector.LookAgainAsync(file, cancellationToken);
    }

    private async Task<ImageInspection> LookAgainAsync(FileStream file, CancellationToken cancellationToken)
    {
        if (IsRefused || _walk is not { HasMissed: true })
            return Complete();
        foreach (var offset in _walk.Missed)
        {
            var table = await ReadAsync(file, offset, _header!.ClusterSize, cancellationToken);
            // Somebody shortens it meanwhile.
            if (table.Length < _header.ClusterSize)
                return Complete();
            _walk.Revisit(offset, table);
        }

        if (_walk.MissedGuest is { } guest)
            _walk.RevisitGuest(await ReadAsync(file, guest.Start, (int)(guest.End - guest.Start), cancellationToken));
        // What they point to is held against the end of the file once more.
        return Complete() with { IsUndecided = false };
    }

    // Less at the end of the file.
    private static async Task<byte[]> ReadAsync(
        FileStream file,
        long offset,
        int length,
        CancellationToken cancellationToken
    )
    {
        var bytes = new byte[length];
        var done = 0;
        int read;
        do
        {
            read = await RandomAccess.ReadAsync(
                file.SafeFileHandle,
                bytes.AsMemory(done),
                offset + done,
                cancellationToken
            );
            done += read;
        } while (read > 0 && done < length);
        return bytes[..done];
    }

    // Where the next byte lies that matters; raw disks matter at their ends alone.
    private long NextNeed =>
        IsRefused ? long.MaxValue
        : !_isJudged || (_header is not null && !_hasExtensions) ? Size
        : _walk is not null ? _walk.NextNeed
        : long.MaxValue;

    private void SkipTo(long position, long length)
    {
        if (IsRefused)
            position = length;
        if (position <= Size)
            return;
        if (!IsRefused)
            _walk?.Skip(position - Size);
        Size = position;
        // What was kept is no longer the end.
        _tailBytes = 0;
        HoldToLimit();
    }
}
