using System.Text;

namespace FedSite.Federation.Rendering;

/// <summary>Writes rendered files; each appears whole or not at all, and one that is right already is left alone.</summary>
public static class RenderedFolder
{
    /// <param name="folder">Made when it is missing.</param>
    /// <param name="file">Comparing includes its mode.</param>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="FedSiteException">It can't be written.</exception>
    public static bool Write(string folder, RenderedFile file)
    {
        var path = Path.Combine(folder, file.Path);
        var content = Encoding.UTF8.GetBytes(file.Content);
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            if (IsThere(path, content, file.Mode))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WriteDurably(temporary, content, file.Mode);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"{path} can't be written: {e.Message}",
                "Name another folder with --output-dir, or run it as an account that may write there.",
                inner: e
            );
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static bool IsThere(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var file = new FileInfo(path);
        return file.Exists
            && file.LinkTarget is null
            && file.UnixFileMode == mode
            && file.Length == content.Length
            && content.SequenceEqual(File.ReadAllBytes(path));
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        // Not left to the umask: others must be able to read what is public.
        File.SetUnixFileMode(stream.SafeFileHandle, mode);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
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
