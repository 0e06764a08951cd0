using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary>Files that a command is given; <c>-</c> is standard input.</summary>
internal static class InputFiles
{
    public static string NameOf(string path) => path == "-" ? "Standard input" : path;

    /// <summary>All of it, without a byte order mark.</summary>
    /// <exception cref="FedSiteException">It can't be read, or is larger than that.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        string path,
        int maximumBytes,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var stream = path == "-" ? terminal.InBytes : File.OpenRead(path);
            using var content = new MemoryStream();
            var chunk = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            {
                await content.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
                if (content.Length > maximumBytes)
                    throw new FedSiteException($"{NameOf(path)} is larger than {maximumBytes >> 20} MiB.");
            }

            var bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
            return bytes.Span is [0xef, 0xbb, 0xbf, ..] ? bytes[3..] : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"{NameOf(path)} cannot be read: {(Directory.Exists(path) ? "it is a folder" : e.Message)}",
                "Name a file that this account may read, or - for standard input.",
                ExitCode.Usage,
                e
            );
        }
    }
}
