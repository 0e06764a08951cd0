using System.Globalization;

namespace FedSite;

/// <summary>Files that others read at any time: each is there whole or not at all, whatever happens meanwhile.</summary>
internal static class DurableFile
{
    private const string Temporary = ".new";
    private const int Tries = 20;

    /// <summary>
    /// Writes beside the file, then takes its place; when this returns, the new content is on disk. What killed runs have
    /// left beside it is deleted. Safe for use by several processes: the last one wins.
    /// </summary>
    /// <param name="path">In a folder that exists. Must not be a symbolic link, which would be replaced.</param>
    /// <param name="mode">Not left to the umask.</param>
    /// <exception cref="IOException">It can't be written; the old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var folder = Path.GetDirectoryName(path)!;
        // Hidden, so that nobody who watches the folder takes it for a file to read.
        var start = $".{Path.GetFileName(path)}.";
        RemoveLeftovers(folder, start);
        for (var attempt = 1; ; attempt++)
        {
            var number = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
            var temporary = Path.Combine(folder, $"{start}{number}{Temporary}");
            try
            {
                Write(temporary, path, content, mode);
                break;
            }
            catch (IOException e) when (attempt < Tries && IsTaken(e, temporary))
            {
                // Another run took it for a leftover, in the moment between making and holding it.
            }
        }
        PosixFiles.SyncFolder(folder);
    }

    private static void Write(string temporary, string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // Held with flock until it has its name: what nobody holds is a leftover.
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        try
        {
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private static bool IsTaken(IOException e, string temporary) =>
        e.HResult == PosixFiles.WouldBlock || (e is FileNotFoundException && !File.Exists(temporary));

    private static void RemoveLeftovers(string folder, string start)
    {
        foreach (var file in Directory.EnumerateFiles(folder, $"{start}*{Temporary}"))
        {
            try
            {
                using var held = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None, 0);
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Being written by another run, or another's.
            }
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What kept it from being written keeps it from being deleted; that is reported.
        }
    }
}
