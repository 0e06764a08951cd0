using System.Text.Json;

namespace FedSite.Messages;

/// <content>What was sent, and what can't be: folders inside the spool that no reader of the queue sees.</content>
public sealed partial class Spool
{
    private const string SentFolder = "sent";
    private const string SetAsideFolder = "set-aside";
    private const string NoteEnding = ".json";

    /// <summary>Names of the messages that were sent and are still kept, in order of queueing.</summary>
    internal IEnumerable<string> ListSent() => List(Path.Combine(Folder, SentFolder));

    /// <summary>Names of the messages that were set aside, in order of queueing.</summary>
    internal IEnumerable<string> ListSetAside() => List(Path.Combine(Folder, SetAsideFolder));

    internal string PathOfSent(string name) => Path.Combine(Folder, SentFolder, name);

    internal string PathOfSetAside(string name) => Path.Combine(Folder, SetAsideFolder, name);

    /// <summary>The message waits or was set aside.</summary>
    internal bool Holds(string name) => File.Exists(PathOf(name)) || File.Exists(PathOfSetAside(name));

    /// <summary>
    /// Moves a message that we hold to the archive. Not made durable here: the journal knows that it was sent, and a
    /// message that shows up again is moved again.
    /// </summary>
    internal void Archive(string name) =>
        Guard(() =>
        {
            Move(PathOf(name), PathOfSent(name));
            return Delete(PathOf(name) + LockEnding);
        });

    /// <summary>Moves a message that we hold out of the way, with a note on why.</summary>
    internal void SetAside(string name, SetAsideNote note) =>
        Guard(() =>
        {
            var target = PathOfSetAside(name);
            var directory = Path.GetDirectoryName(target)!;
            MakeFolder(directory);
            using (var stream = new FileStream(target + NoteEnding, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(stream, note, MessagesJson.Default.SetAsideNote);
                stream.Flush(flushToDisk: true);
            }

            Move(PathOf(name), target);
            PosixFiles.SyncFolder(directory);
            return Delete(PathOf(name) + LockEnding);
        });

    /// <summary>The note on why a message was set aside; null: none, or not readable.</summary>
    internal SetAsideNote? ReadNote(string name)
    {
        try
        {
            using var stream = File.OpenRead(PathOfSetAside(name) + NoteEnding);
            return JsonSerializer.Deserialize(stream, MessagesJson.Default.SetAsideNote);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Puts a message that was set aside back into the queue under its old name, that is at its old place.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">What it reads from now on.</param>
    internal void Restore(string name, ReadOnlyMemory<byte> text) =>
        Guard(() =>
        {
            var directory = Path.GetDirectoryName(PathOf(name))!;
            string temporary;
            using (var file = Write(directory, text.Span))
            {
                file.Flush(flushToDisk: true);
                temporary = file.Name;
            }

            var error = PosixFiles.Link(temporary, PathOf(name));
            Delete(temporary);
            // It is there already when an earlier attempt was killed right after the link.
            if (error is not 0 and not PosixFiles.Exists)
            {
                throw PosixFiles.Failure(error, PathOf(name));
            }

            PosixFiles.SyncFolder(directory);
            return true;
        });

    /// <summary>Deletes a message that was set aside, and its note.</summary>
    internal void RemoveSetAside(string name) =>
        Guard(() =>
        {
            Delete(PathOfSetAside(name));
            Delete(PathOfSetAside(name) + NoteEnding);
            DeleteIfEmpty(Path.GetDirectoryName(PathOfSetAside(name))!);
            return true;
        });

    /// <summary>
    /// Deletes sent messages older than <paramref name="keep"/>, except those younger than a message that is set aside:
    /// when that one is put back, they tell which of its records are out of date.
    /// </summary>
    internal void PurgeSent(TimeSpan keep) =>
        Guard(() =>
        {
            var kept = ListSetAside().FirstOrDefault();
            var oldest = time.GetUtcNow() - keep;
            foreach (var name in ListSent())
            {
                if (kept is not null && string.CompareOrdinal(name, kept) > 0)
                {
                    break;
                }

                // The time of the file is that of its lock, so about that of its sending.
                if (File.GetLastWriteTimeUtc(PathOfSent(name)) < oldest.UtcDateTime)
                {
                    Delete(PathOfSent(name));
                }
            }

            foreach (var directory in Folders(Path.Combine(Folder, SentFolder)).SkipLast(1))
            {
                DeleteIfEmpty(directory);
            }

            return true;
        });

    private static void Move(string source, string target)
    {
        MakeFolder(Path.GetDirectoryName(target)!);
        File.Move(source, target, overwrite: true);
    }

    private IEnumerable<string> List(string root)
    {
        foreach (var directory in Folders(root))
        {
            foreach (var file in Guard(() => Files(directory)))
            {
                yield return $"{Path.GetFileName(directory)}/{file}";
            }
        }
    }
}
