namespace FedSite.Images.Inspection;

/// <summary>An image that somebody wants to be inspected: a file, a URL, or standard input.</summary>
public sealed class ImageInput : IDisposable
{
    private const string NextStep = "Name an image file that this account may read, a URL, or - for standard input.";
    private readonly Stream? _stream;
    private readonly RemoteImage? _remote;

    private ImageInput(string name, Stream? stream, RemoteImage? remote)
    {
        Name = name;
        _stream = stream;
        _remote = remote;
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>It can be read again.</summary>
    internal bool IsFile => _stream is FileStream;

    /// <summary>Bytes; null: not known.</summary>
    public long? Length => _stream is FileStream file ? file.Length : _remote?.Length;

    /// <param name="from">Path, URL, or <c>-</c>.</param>
    /// <param name="standardInput">What <c>-</c> means.</param>
    /// <param name="time">For time-outs.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FedSiteException">It can't be read.</exception>
    public static async Task<ImageInput> OpenAsync(
        string from,
        Stream standardInput,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (from == "-")
            return new ImageInput("Standard input", standardInput, remote: null);
        if (from.Contains("://", StringComparison.Ordinal) && !File.Exists(from))
        {
            var url = ParseUrl(from);
            var remote = await RemoteImage.OpenAsync(url, time, cancellationToken);
            return new ImageInput(RemoteImage.Shown(url), stream: null, remote);
        }

        return new ImageInput(from, OpenFile(from), remote: null);
    }

    /// <summary>The next bytes; 0: it has ended.</summary>
    /// <exception cref="FedSiteException">It can't be read further.</exception>
    internal async Task<int> ReadAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_remote is not null)
            return await _remote.ReadAsync(bytes, cancellationToken);
        try
        {
            return await _stream!.ReadAsync(bytes, cancellationToken);
        }
        catch (IOException e)
        {
            throw new FedSiteException($"{Name} cannot be read: {e.Message}", NextStep, inner: e);
        }
    }

    /// <summary>Once more, where the order of its tables demands that.</summary>
    /// <exception cref="FedSiteException">It is gone by.</exception>
    internal Task<ImageInspection> LookAgainAsync(InspectionTerms terms, CancellationToken cancellationToken) =>
        _stream is FileStream file
            ? ImageInspector.InspectAsync(file, terms, cancellationToken)
            : throw new FedSiteException(
                $"{Name} can't be judged while it comes by: tables of this qcow2 image stand in an order that needs a second look.",
                "Download it, and inspect the file."
            );

    public void Dispose()
    {
        _stream?.Dispose();
        _remote?.Dispose();
    }

    private static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new FedSiteException(
                "That is no URL of a web server.",
                "Give one that begins with http:// or https://, or the name of a file.",
                ExitCode.Usage
            );

    private static FileStream OpenFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new FedSiteException($"{path} is a folder.", NextStep);
            // Devices and pipes may never end, or never begin.
            if (PosixFiles.IsRegularFile(path) == false)
                throw new FedSiteException(
                    $"{path} is no file but a device, a pipe or a socket.",
                    "Copy it into a file, or pipe it in: `fedsite images inspect - < PATH`."
                );
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FedSiteException($"{path} cannot be read: {e.Message}", NextStep, inner: e);
        }
    }
}
