using System.Text;

namespace FedSite.Configuration;

/// <summary>Reads small text files, and says in plain words why one can't be read.</summary>
internal static class BoundedFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>The text, which must be UTF-8; a byte order mark is dropped.</summary>
    /// <exception cref="IOException">It is missing, too large, or not UTF-8.</exception>
    public static string ReadText(string path, int maxBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
        var buffer = new byte[maxBytes + 1];
        // Not by length: pipes and files of /proc have none.
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length > maxBytes)
            throw new IOException($"it is larger than {maxBytes >> 10} KiB");
        try
        {
            var text = StrictUtf8.GetString(buffer, 0, length);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException e)
        {
            throw new IOException("it is not UTF-8 text", e);
        }
    }

    public static string Reason(Exception e) =>
        e switch
        {
            FileNotFoundException or DirectoryNotFoundException => "it does not exist",
            UnauthorizedAccessException => "it is a folder, or this account may not read it",
            ArgumentException => "this is not a path",
            _ => e.Message,
        };
}
