namespace FedSite.Images.Transfers;

internal sealed partial class CacheFolder
{
    /// <summary>Files with content, whole or in part. What killed processes have left is deleted on the way.</summary>
    private List<CachedFile> Survey()
    {
        var found = new List<CachedFile>();
        foreach (var path in OurFiles())
        {
            var entry = CacheEntry.Of(path, out var partSize)!;
            var isLive = IsLive(entry);
            if (path == entry.Lock || path == entry.Note)
            {
                if (!isLive && (path == entry.Lock || !File.Exists(entry.File)))
                {
                    File.Delete(path);
                }
            }
            else if (partSize is not null && entry.IsConverted && !isLive)
            {
                // A download goes on where it ended, a conversion begins again.
                File.Delete(path);
            }
            else if (new FileInfo(path) is { Exists: true } info)
            {
                var allocated = PosixFiles.AllocatedBytes(path) is >= 0 and var bytes ? bytes : info.Length;
                found.Add(
                    new CachedFile(entry, path, isLive, LastUse(entry, info))
                    {
                        Allocated = allocated,
                        Counted = isLive && partSize > allocated ? partSize.Value : allocated,
                    }
                );
            }
        }

        return found;
    }

    private IEnumerable<string> OurFiles() =>
        ContentDigest
            .Algorithms.Select(algorithm => Path.Combine(folder, algorithm))
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .SelectMany(Directory.GetFiles)
            .Where(path => CacheEntry.Of(path, out _) is not null);

    /// <summary>Somebody works on it.</summary>
    private static bool IsLive(CacheEntry entry)
    {
        if (!File.Exists(entry.Lock))
        {
            return false;
        }

        using var free = TryLock(entry.Lock);
        return free is null;
    }

    private static DateTime LastUse(CacheEntry entry, FileInfo file) =>
        file.FullName == entry.File && new FileInfo(entry.Note) is { Exists: true } note
            ? note.LastWriteTimeUtc
            : file.LastWriteTimeUtc;

    /// <param name="Used">When it was last used.</param>
    private sealed record CachedFile(CacheEntry Entry, string Path, bool IsLive, DateTime Used)
    {
        /// <summary>Bytes that it takes on the disk.</summary>
        public required long Allocated { get; init; }

        /// <summary>Bytes that it takes, or may come to take.</summary>
        public required long Counted { get; init; }
    }
}
