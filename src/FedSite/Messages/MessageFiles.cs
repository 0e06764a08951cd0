namespace FedSite.Messages;

/// <summary>Files of messages, whoever wrote them.</summary>
public static class MessageFiles
{
    /// <summary>Size of a message that is read at most, bytes: no broker takes a larger one.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>
    /// The messages that a path stands for, in order: a file itself; of a folder its files, or of a spool what waits in
    /// it. What was sent or set aside is meant only when its folder is named.
    /// </summary>
    /// <exception cref="FedSiteException">It does not exist, or can't be read.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                return File.Exists(path)
                    ? [path]
                    : throw new FedSiteException(
                        $"{path} does not exist.",
                        "Name a message file, a folder of message files, or a spool.",
                        ExitCode.Usage
                    );
            }

            var spooled = Sorted(Directory.EnumerateDirectories(path))
                .Where(folder => QueueNames.IsFolder(Name(folder)));
            var files = spooled.SelectMany(folder =>
                Sorted(Directory.EnumerateFiles(folder)).Where(file => QueueNames.IsFile(Name(file)))
            );
            List<string> found = [.. files];
            return found.Count > 0 ? found : [.. Sorted(Directory.EnumerateFiles(path)).Where(IsMessage)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException($"{path} can't be read: {e.Message}", inner: e);
        }
    }

    /// <summary>Reads one; what is no message has no <see cref="MessageContent.Kind"/>.</summary>
    /// <exception cref="FedSiteException">It can't be read.</exception>
    public static async Task<MessageContent> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(file).Length > MaxBytes
                ? MessageContent.Unknown($"larger than {MaxBytes >> 20} MiB")
                : MessageContent.Parse(await File.ReadAllBytesAsync(file, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException($"{file} can't be read: {e.Message}", inner: e);
        }
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> paths) => paths.Order(StringComparer.Ordinal);

    private static ReadOnlySpan<char> Name(string path) => Path.GetFileName(path.AsSpan());

    // Neither what writers and senders of a spool leave beside its messages, nor hidden files.
    private static bool IsMessage(string path)
    {
        var name = Name(path);
        var isNote = name.EndsWith(".json", StringComparison.Ordinal) && QueueNames.IsFile(name[..^5]);
        return name[0] != '.'
            && !isNote
            && !name.EndsWith(".lck", StringComparison.Ordinal)
            && !name.EndsWith(".tmp", StringComparison.Ordinal);
    }
}
