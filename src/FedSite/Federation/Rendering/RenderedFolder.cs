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
        try
        {
            if (IsThere(path, content, file.Mode))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, content, file.Mode);
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
}
