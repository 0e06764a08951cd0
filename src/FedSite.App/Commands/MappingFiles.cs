using FedSite.App.Terminals;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>Files of mappings and logins; <c>-</c> is standard input.</summary>
internal static class MappingFiles
{
    private const int MaximumBytes = 16 << 20;

    /// <exception cref="FedSiteException">It can't be read, or holds no mapping.</exception>
    public static async Task<MappingDocument> ReadMappingAsync(
        string path,
        Terminal terminal,
        CancellationToken cancellationToken
    ) => MappingDocument.Parse(await ReadAsync(path, terminal, cancellationToken), NameOf(path));

    public static string NameOf(string path) => path == "-" ? "Standard input" : path;

    /// <summary>All of it, without a byte order mark.</summary>
    /// <exception cref="FedSiteException">It can't be read, or is larger than 16 MiB.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        string path,
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
                if (content.Length > MaximumBytes)
                    throw new FedSiteException($"{NameOf(path)} is larger than {MaximumBytes >> 20} MiB.");
            }

            var bytes = content.ToArray();
            return bytes is [0xef, 0xbb, 0xbf, ..] ? bytes.AsMemory(3) : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"{NameOf(path)} cannot be read: {e.Message}",
                "Name a file that this account may read, or - for standard input.",
                ExitCode.Usage,
                e
            );
        }
    }
}
