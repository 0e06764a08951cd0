using System.Security.Cryptography;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;

namespace FedSite.Tests.Images.Transfers;

/// <summary>A registry's place in tests of transfers: gives bytes as a test wants them.</summary>
internal sealed class MadeSource(Func<long, Stream> open) : IImageSource
{
    private readonly Lock _lock = new();
    private int _open;

    public MadeSource(byte[] content)
        : this(from => new MemoryStream(content, (int)from, content.Length - (int)from)) { }

    public string Name => "made";
    public long Requests => Asked.Count;

    /// <summary>First bytes that were asked for.</summary>
    public List<long> Asked { get; } = [];

    /// <summary>Streams that nobody has disposed of.</summary>
    public int StillOpen => _open;

    public Task<SourceListing> ListAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream> OpenAsync(ImageOffer offer, long from, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Asked.Add(from);
        }

        var stream = open(from);
        Interlocked.Increment(ref _open);
        return Task.FromResult<Stream>(new Counted(stream, () => Interlocked.Decrement(ref _open)));
    }

    public void Dispose() { }

    /// <summary>Gives these bytes over connections that break after so many bytes each; the last one holds.</summary>
    public static MadeSource Breaking(byte[] content, Func<Exception?> how, params int[] after)
    {
        var connection = 0;
        return new MadeSource(from =>
        {
            var rest = new MemoryStream(content, (int)from, content.Length - (int)from);
            return connection < after.Length ? new BreakingStream(rest, after[connection++], how) : rest;
        });
    }

    /// <summary>Bytes that look like no format at all: a raw disk.</summary>
    public static byte[] RawDisk(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static ImageOffer Offer(byte[] content, string? digest = null, long? size = null, string? format = null) =>
        Offer(digest ?? Sha256(content), size ?? content.LongLength) with
        {
            Format = format,
        };

    public static ImageOffer Offer(string digest, long size) =>
        new()
        {
            Source = "made",
            Slot = "registry.example.org/images/debian:12",
            Registry = "registry.example.org",
            Project = "images",
            Repository = "images/debian",
            Tag = "12",
            Manifest = "sha256:" + new string('0', 64),
            Content = digest,
            Size = size,
            Annotations = new Dictionary<string, string>(),
        };

    public static string Sha256(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static TransferTerms Terms(string? declared = null) =>
        new()
        {
            Inspection = new InspectionTerms { Declared = declared, MaxVirtualSize = 1L << 40 },
            MaxSize = 1L << 40,
        };

    private sealed class Counted(Stream inner, Action disposed) : PassedOnStream(inner)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            disposed();
        }
    }

    /// <summary>Ends or throws after so many bytes.</summary>
    private sealed class BreakingStream(Stream inner, int after, Func<Exception?> how) : PassedOnStream(inner)
    {
        private int _left = after;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (_left == 0)
            {
                return how() is { } failure ? throw failure : 0;
            }

            var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= read;
            return read;
        }
    }
}
