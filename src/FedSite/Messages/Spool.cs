using System.Globalization;

namespace FedSite.Messages;

/// <summary>
/// A folder of messages that wait to be sent, in the layout that SSM and other programs of a site share with us
/// (<c>path_type: dirq</c>, QueueSimple): one file a message, <c>DDDDDDDD/SSSSSSSSMMMMMR</c>, made under a <c>.tmp</c>
/// name and linked to its final one, locked by a second link <c>.lck</c>. All other names are invisible to readers,
/// so what was sent or set aside is kept in <c>sent/</c> and <c>set-aside/</c> beside it.
/// </summary>
/// <remarks>Safe for use by several threads and processes.</remarks>
public sealed partial class Spool(string folder, TimeProvider time)
{
    private const string Temporary = ".tmp";

    // Our temporary files can be told from those of others, and are held with flock while they are written: what a
    // killed process left behind can go at once.
    private const string OwnTemporary = "fed517e";

    // Records name users: not for everybody. The umask may narrow it further.
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute;

    private readonly QueueNames _names = new(time);
    private readonly Lock _adding = new();
    private bool _followed;

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>
    /// Queues messages, in their order, behind all others. When this returns, they are on disk and visible to every
    /// reader. Several at once cost little more than one.
    /// </summary>
    /// <returns>Their names in the queue, <c>DDDDDDDD/SSSSSSSSMMMMMR</c>.</returns>
    /// <exception cref="SpoolException">The folder can't be written; the first of them may have been queued.</exception>
    public Task<IReadOnlyList<string>> AddAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> texts,
        CancellationToken cancellationToken
    ) =>
        Task.Run(
            () =>
            {
                // In order of their names: a reader must never find a younger message before an older one appears.
                lock (_adding)
                {
                    return Guard<IReadOnlyList<string>>(() => Add(texts));
                }
            },
            cancellationToken
        );

    /// <summary>Names of all messages in order of sending, locked ones too.</summary>
    public IEnumerable<string> List() => List(Folder);

    /// <summary>New names will follow this one, even if the clock was set back since.</summary>
    internal void Follow(string? name)
    {
        lock (_adding)
        {
            _names.Follow(name);
        }
    }

    internal string PathOf(string name) => Path.Combine(Folder, name);

    /// <exception cref="SpoolException">The folder is gone, and with it what this run has put there.</exception>
    internal void CheckExists()
    {
        if (!Directory.Exists(Folder))
        {
            throw SpoolException.Deleted(Folder);
        }
    }

    private List<string> Add(IReadOnlyList<ReadOnlyMemory<byte>> texts)
    {
        if (!_followed)
        {
            MakeFolder(Folder);
            _names.Follow(List().LastOrDefault());
            _followed = true;
        }

        CheckExists();
        var files = new List<FileStream>();
        try
        {
            var directory = Path.GetDirectoryName(PathOf(_names.Next()))!;
            foreach (var text in texts)
            {
                files.Add(Write(directory, text.Span));
            }

            // All are written before the first one waits for the disk: it is then busy with them together.
            files.ForEach(file => file.Flush(flushToDisk: true));
            var names = files.Zip(texts, Publish).ToList();
            foreach (var changed in names.Select(name => Path.GetDirectoryName(PathOf(name))!).Distinct())
            {
                PosixFiles.SyncFolder(changed);
            }

            return names;
        }
        finally
        {
            foreach (var file in files)
            {
                Delete(file.Name);
                file.Dispose();
            }
        }
    }

    private string Publish(FileStream file, ReadOnlyMemory<byte> text)
    {
        // While it is held nobody could read the message.
        file.Dispose();
        while (true)
        {
            var name = _names.Next();
            var target = PathOf(name);
            MakeFolder(Path.GetDirectoryName(target)!);
            switch (PosixFiles.Link(file.Name, target))
            {
                case 0:
                    return name;
                case PosixFiles.Exists:
                    continue;
                case PosixFiles.NoEntry:
                    // Another program tidied this file or the empty folder away.
                    return Add([text])[0];
                case var error:
                    throw PosixFiles.Failure(error, target);
            }
        }
    }

    /// <summary>A new temporary file with this text, held as long as it is open.</summary>
    private static FileStream Write(string directory, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            MakeFolder(directory);
            var number = Random.Shared.Next(1 << 28).ToString("x7", CultureInfo.InvariantCulture);
            var temporary = Path.Combine(directory, OwnTemporary + number + Temporary);
            try
            {
                var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
                try
                {
                    file.Write(text);
                    return file;
                }
                catch
                {
                    File.Delete(temporary);
                    file.Dispose();
                    throw;
                }
            }
            catch (DirectoryNotFoundException)
            {
                // Another program tidied the empty folder away.
            }
            catch (IOException e) when (e.HResult == PosixFiles.Exists)
            {
                // The next number, then.
            }
        }
    }

    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { } parent)
        {
            MakeFolder(parent);
            Directory.CreateDirectory(path, FolderMode);
            PosixFiles.SyncFolder(parent);
        }
    }

    private List<string> Folders(string root) =>
        Guard(() =>
            Directory.Exists(root)
                ? Directory
                    .EnumerateDirectories(root)
                    .Where(path => QueueNames.IsFolder(Path.GetFileName(path.AsSpan())))
                    .Order(StringComparer.Ordinal)
                    .ToList()
                : []
        );

    private static List<string> Files(string directory)
    {
        try
        {
            return Directory
                .EnumerateFiles(directory)
                .Select(path => Path.GetFileName(path))
                .Where(file => QueueNames.IsFile(file))
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SpoolException.From(e, Folder);
        }
    }
}
