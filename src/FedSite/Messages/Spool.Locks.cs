namespace FedSite.Messages;

/// <summary>What came of an attempt to lock a message.</summary>
internal enum LockOutcome
{
    Taken,

    /// <summary>Another program, or another run, holds it.</summary>
    Held,

    /// <summary>Another program has sent or removed it.</summary>
    Gone,
}

/// <content>Locks: a second link <c>NAME.lck</c> to the message.</content>
public sealed partial class Spool
{
    private const string LockEnding = ".lck";

    /// <summary>After this time every program takes a lock for a dead one's and removes it.</summary>
    internal static readonly TimeSpan LockAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan TemporaryAge = TimeSpan.FromMinutes(5);

    // File systems that keep whole seconds only may show a lock a little older than it is.
    private static readonly TimeSpan TimeGrain = TimeSpan.FromSeconds(1);

    /// <summary>Locks a message for us. The lock bears the time <paramref name="at"/>.</summary>
    internal LockOutcome TryLock(string name, DateTimeOffset at) =>
        Guard(() =>
        {
            var (path, @lock) = (PathOf(name), PathOf(name) + LockEnding);
            // The time is set before the link, so that a lock of ours never bears another one; but not on a message
            // that another program holds, whose lock is the same file.
            if (File.Exists(@lock))
            {
                return LockOutcome.Held;
            }

            if (!SetTime(path, at))
            {
                return LockOutcome.Gone;
            }

            return PosixFiles.Link(path, @lock) switch
            {
                0 => LockOutcome.Taken,
                PosixFiles.Exists => LockOutcome.Held,
                PosixFiles.NoEntry => LockOutcome.Gone,
                var error => throw PosixFiles.Failure(error, @lock),
            };
        });

    /// <summary>Makes a lock of ours young again.</summary>
    internal void Refresh(string name, DateTimeOffset at) => Guard(() => SetTime(PathOf(name), at));

    internal void Unlock(string name) => Guard(() => Delete(PathOf(name) + LockEnding));

    /// <summary>
    /// Whether the lock on a message is the one that we set or refreshed at <paramref name="at"/>. Nobody else can have
    /// set one within <see cref="LockAge"/> of it.
    /// </summary>
    internal bool IsLockedSince(string name, DateTimeOffset at) =>
        Guard(() => LockedAt(name) is { } locked && locked >= at - TimeGrain && locked < at + LockAge);

    /// <summary>Time of the lock on a message; null: not locked.</summary>
    internal DateTimeOffset? LockedAt(string name)
    {
        var @lock = new FileInfo(PathOf(name) + LockEnding);
        return @lock.Exists ? new DateTimeOffset(@lock.LastWriteTimeUtc, TimeSpan.Zero) : null;
    }

    /// <summary>The text of a message; null: it is gone.</summary>
    internal byte[]? Read(string name) =>
        Guard(() =>
        {
            try
            {
                return File.ReadAllBytes(PathOf(name));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        });

    /// <summary>Size of a message's text; 0: it is gone.</summary>
    internal long SizeOf(string name) =>
        Guard(() => new FileInfo(PathOf(name)) is { Exists: true } file ? file.Length : 0);

    /// <summary>Deletes a message that we hold, then its lock.</summary>
    internal void Remove(string name) => Guard(() => Delete(PathOf(name)) & Delete(PathOf(name) + LockEnding));

    /// <summary>
    /// Tidies up after programs that died: temporary files older than 5 minutes (our own at once), locks older than 10
    /// minutes, and empty folders but the last.
    /// </summary>
    internal void Purge() =>
        Guard(() =>
        {
            var folders = Folders(Folder);
            foreach (var directory in folders)
            {
                foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
                {
                    PurgeFile(file);
                }
            }

            foreach (var directory in folders.SkipLast(1))
            {
                DeleteIfEmpty(directory);
            }

            return true;
        });

    private void PurgeFile(FileInfo file)
    {
        var stem = Path.GetFileNameWithoutExtension(file.Name.AsSpan());
        if (!QueueNames.IsFile(stem) || file.Extension is not (Temporary or LockEnding))
        {
            return;
        }

        var age = time.GetUtcNow() - new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        if (
            file.Extension == LockEnding ? age > LockAge
            : stem.StartsWith(OwnTemporary, StringComparison.Ordinal) ? IsAbandoned(file)
            : age > TemporaryAge
        )
        {
            Delete(file.FullName);
        }
    }

    private static bool IsAbandoned(FileInfo temporary)
    {
        try
        {
            using var held = new FileStream(temporary.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool SetTime(string path, DateTimeOffset at)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, at.UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // The file is another account's.
            return PosixFiles.Touch(path) switch
            {
                0 => true,
                PosixFiles.NoEntry => false,
                var error => throw PosixFiles.Failure(error, path),
            };
        }
    }

    private static bool Delete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static void DeleteIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Not empty, or another program was quicker.
        }
    }
}
