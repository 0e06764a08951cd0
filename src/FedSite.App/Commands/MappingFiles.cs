using FedSite.App.Terminals;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>Files of mappings and logins.</summary>
internal static class MappingFiles
{
    private const int MaximumBytes = 16 << 20;

    /// <exception cref="FedSiteException">It can't be read, or holds no mapping.</exception>
    public static async Task<MappingDocument> ReadMappingAsync(
        string path,
        Terminal terminal,
        CancellationToken cancellationToken
    ) => MappingDocument.Parse(await ReadAsync(path, terminal, cancellationToken), InputFiles.NameOf(path));

    /// <summary>All of it, without a byte order mark.</summary>
    /// <exception cref="FedSiteException">It can't be read, or is larger than 16 MiB.</exception>
    public static Task<ReadOnlyMemory<byte>> ReadAsync(
        string path,
        Terminal terminal,
        CancellationToken cancellationToken
    ) => InputFiles.ReadAsync(path, MaximumBytes, terminal, cancellationToken);
}
