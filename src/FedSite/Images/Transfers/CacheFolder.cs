using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Transfers;

/// <summary>
/// Files of a cache on their disk: who works on which, which are in use, and which have to go. All of it is told by the
/// files and locks of the kernel, so that several processes share a folder, and nothing is left of one that was killed.
/// Files that are not of the cache are left alone.
/// </summary>
internal sealed partial class CacheFolder(string folder, long maxBytes, TimeProvider time, ILogger logger)
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>The only one to work on an entry; waits for the others.</summary>
    public async Task<IDisposable> LockAsync(CacheEntry entry, CancellationToken ct)
    {
        Make(folder);
        Make(Path.GetDirectoryName(entry.Folder)!);
        Make(entry.Folder);
        while (true)
        {
            // Whoever deletes old lock files holds this one: what is opened here stays there.
            using (await LockAllAsync(ct))
            {
                if (TryLock(entry.Lock) is { } held)
                {
                    return held;
                }
            }

            await Task.Delay(Poll, time, ct);
        }
    }

    /// <summary>Space for a file, which others have to leave if need be.</summary>
    /// <param name="entry">Locked by the caller; what is there of it counts as a part of the file.</param>
    /// <param name="wanted">Bytes of the whole file.</param>
    /// <param name="least">Bytes below which it is of no use.</param>
    /// <returns>Bytes that it may have, not more than wanted.</returns>
    /// <exception cref="FedSiteException">There is no space.</exception>
    public async Task<long> MakeRoomAsync(CacheEntry entry, long wanted, long least, CancellationToken ct)
    {
        using var all = await LockAllAsync(ct);
        var present = Survey();
        var own = present.Where(file => file.Entry.File == entry.File).Sum(file => file.Allocated);
        present.RemoveAll(file => file.Entry.File == entry.File);
        Shrink(present, () => Math.Min(RoomInCache(present), RoomOnDisk(present) + own) >= wanted);
        var (inCache, onDisk) = (RoomInCache(present), RoomOnDisk(present) + own);
        var room = Math.Min(inCache, onDisk);
        return room >= least ? Math.Min(room, wanted)
            : inCache < onDisk
                ? throw new FedSiteException(
                    $"The cache {folder} has no room for {least} bytes: it may hold {maxBytes}, and what it holds is in use.",
                    "Raise `images.limits.cache` in site.yaml, or lower `images.parallel`."
                )
            : throw new FedSiteException(
                $"The disk of the cache {folder} has no room for {least} bytes: {Math.Max(onDisk, 0)} can be used.",
                "Free some space there, or choose another folder: key `images.cache` of site.yaml."
            );
    }

    /// <summary>Deletes what was not used for longest, until the cache is no larger than it may be.</summary>
    public async Task ShrinkAsync(CancellationToken ct)
    {
        if (Directory.Exists(folder))
        {
            using var all = await LockAllAsync(ct);
            var present = Survey();
            Shrink(present, () => RoomInCache(present) >= 0);
        }
    }

    /// <summary>Opens a file so that nobody deletes it; null: it is not there.</summary>
    public static FileStream? Pin(CacheEntry entry)
    {
        try
        {
            return new FileStream(
                entry.File,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                0,
                FileOptions.Asynchronous
            );
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The part that is being made; the caller holds the lock.</summary>
    public static FileStream OpenPart(CacheEntry entry, long size)
    {
        var part = new FileStream(
            entry.Part(size),
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                UnixCreateMode = OwnFile,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            }
        );
        File.SetUnixFileMode(part.SafeFileHandle, OwnFile);
        return part;
    }

    /// <summary>A part is whole: it gets its name, durably, and a note.</summary>
    public void Finish(CacheEntry entry, long size, string sha256, string sha512)
    {
        File.Delete(entry.Note);
        File.Move(entry.Part(size), entry.File, overwrite: true);
        PosixFiles.SyncFolder(entry.Folder);
        WriteNote(entry, sha256, sha512);
    }

    /// <summary>What is known about a file, as long as it still looks as it did; null: nothing.</summary>
    public static CacheNote? ReadNote(CacheEntry entry)
    {
        try
        {
            var note = JsonSerializer.Deserialize(File.ReadAllBytes(entry.Note), CacheJson.Default.CacheNote);
            var file = new FileInfo(entry.File);
            return note?.Size == file.Length && note.Modified == file.LastWriteTimeUtc.Ticks ? note : null;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    public void WriteNote(CacheEntry entry, string sha256, string sha512)
    {
        var file = new FileInfo(entry.File);
        var note = new CacheNote(
            sha256,
            sha512,
            file.Length,
            file.LastWriteTimeUtc.Ticks,
            Checked: time.GetUtcNow().UtcTicks
        );
        DurableFile.Replace(
            entry.Note,
            JsonSerializer.SerializeToUtf8Bytes(note, CacheJson.Default.CacheNote),
            OwnFile
        );
    }

    public void NoteUse(CacheEntry entry) => File.SetLastWriteTimeUtc(entry.Note, time.GetUtcNow().UtcDateTime);

    public static void Remove(CacheEntry entry)
    {
        File.Delete(entry.File);
        File.Delete(entry.Note);
    }

    /// <summary>Deletes parts of an entry; the caller holds its lock.</summary>
    /// <param name="except">Bytes that the one part is to come to which stays; null: none stays.</param>
    public static void RemoveParts(CacheEntry entry, long? except)
    {
        foreach (var file in Directory.EnumerateFiles(entry.Folder, Path.GetFileName(entry.File) + ".*.part"))
        {
            if (CacheEntry.Of(file, out var size)?.File == entry.File && size != except)
            {
                File.Delete(file);
            }
        }
    }

    private async Task<FileStream> LockAllAsync(CancellationToken ct)
    {
        while (true)
        {
            if (TryLock(Path.Combine(folder, ".lock")) is { } held)
            {
                return held;
            }

            // Held for moments only.
            await Task.Delay(Poll / 10, time, ct);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = OwnFile,
                    BufferSize = 0,
                }
            );
        }
        catch (IOException e) when (e.HResult == PosixFiles.WouldBlock)
        {
            return null;
        }
    }

    // A folder that is there already may be somebody else's: its mode stays.
    private static void Make(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnFolder);
        }
    }

    private long RoomInCache(List<CachedFile> present) => maxBytes - present.Sum(file => file.Counted);

    private long RoomOnDisk(List<CachedFile> present)
    {
        var disk = new DriveInfo(folder);
        // Others need some too; and parts in the making have yet to come to their size.
        var reserve = Math.Min(disk.TotalSize / 20, 1L << 30);
        return disk.AvailableFreeSpace - reserve - present.Sum(file => file.Counted - file.Allocated);
    }

    private void Shrink(List<CachedFile> present, Func<bool> isEnough)
    {
        foreach (var file in present.Where(file => !file.IsLive).OrderBy(file => file.Used).ToList())
        {
            if (isEnough())
            {
                return;
            }

            if (TryLock(file.Path) is { } unused)
            {
                using (unused)
                {
                    File.Delete(file.Path);
                    File.Delete(file.Entry.Note);
                }

                present.Remove(file);
                LogEvicted(logger, file.Path, file.Allocated);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Cache: {File} ({Bytes} bytes) was not used for longest and was deleted")]
    private static partial void LogEvicted(ILogger logger, string file, long bytes);
}

[JsonSerializable(typeof(CacheNote))]
internal sealed partial class CacheJson : JsonSerializerContext;
