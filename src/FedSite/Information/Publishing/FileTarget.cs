using FedSite.Configuration;

namespace FedSite.Information.Publishing;

/// <summary>A file, for instance below the folder of a web server. A symbolic link is followed, not replaced.</summary>
/// <param name="path">Absolute. Its folder must exist: a missing one may be a disk that is not mounted.</param>
public sealed class FileTarget(string path) : DocumentTarget
{
    private const long MaxBytes = 64 << 20;

    /// <summary>Public, whatever the umask.</summary>
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public override string Name { get; } = Path.GetFullPath(path);
    public override string Type => PublishTarget.File;

    public override Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct) =>
        Task.Run(() => Write(document.Span), ct);

    public override Task<byte[]?> ReadAsync(CancellationToken ct) => Task.Run(Read, ct);

    public override Task<string> LookAsync(CancellationToken ct) => Task.Run(Look, ct);

    private void Write(ReadOnlySpan<byte> document)
    {
        try
        {
            DurableFile.Replace(FindFile(), document, Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
    }

    private string Look()
    {
        try
        {
            var folder = Path.GetDirectoryName(FindFile())!;
            return PosixFiles.MayWrite(folder) is var error and not 0
                ? throw NotWritten(PosixFiles.Failure(error, folder))
                : "its folder can be written";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
    }

    /// <summary>What is replaced: where a link points to.</summary>
    private string FindFile()
    {
        var named = new FileInfo(Name);
        var file = named.LinkTarget is null ? Name : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            throw new FedSiteException(
                $"{Shown(file)} can't be written: its folder does not exist.",
                "Make the folder, or mount it; fedsite makes none."
            );
        }
        if (Directory.Exists(file) || file.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new FedSiteException(
                $"{Shown(file)} can't be written: it is {(Directory.Exists(file) ? "a folder" : "a device")}.",
                "Name a file."
            );
        }
        return file;
    }

    private FedSiteException NotWritten(Exception e) =>
        new(
            $"{Name} can't be written: {e.Message}",
            "Make room, or give the account that runs fedsite the right to write in its folder; an older document is still there.",
            inner: e
        );

    private byte[]? Read()
    {
        try
        {
            return new FileInfo(Name) is { Exists: true, Length: > MaxBytes }
                ? throw new FedSiteException(
                    $"{Name} can't be read: it is larger than any document ({MaxBytes >> 20} MiB).",
                    "Look at what it is, and delete it or name another file."
                )
                : File.ReadAllBytes(Name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"{Name} can't be read: {e.Message}",
                "Give the account that runs fedsite the right to read it.",
                inner: e
            );
        }
    }

    private string Shown(string file) => file == Name ? Name : $"{Name} (a link to {file})";
}
