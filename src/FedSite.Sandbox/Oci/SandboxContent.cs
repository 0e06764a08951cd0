using System.Security.Cryptography;

namespace FedSite.Sandbox.Oci;

/// <summary>Bytes of a blob, kept or made up as they are read.</summary>
public abstract class SandboxContent
{
    private const int Piece = 1 << 20;

    private string? _digest;

    public abstract long Length { get; }

    /// <summary><c>sha256:HEX</c>; reads all bytes the first time.</summary>
    public string Digest => _digest ??= Hash();

    /// <summary>These bytes.</summary>
    public static SandboxContent Of(byte[] bytes) => new Kept(bytes);

    /// <summary>Bytes that do not compress, the same for the same seed, without holding them.</summary>
    public static SandboxContent Pattern(long length, int seed) => new Made(length, seed);

    /// <summary>Fills the buffer with the bytes from this one on.</summary>
    public abstract void Read(long from, Span<byte> buffer);

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Piece];
        for (long at = 0; at < Length; at += Piece)
        {
            var piece = buffer.AsSpan(0, (int)Math.Min(Piece, Length - at));
            Read(at, piece);
            hash.AppendData(piece);
        }
        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private sealed class Kept(byte[] bytes) : SandboxContent
    {
        public override long Length => bytes.Length;

        public override void Read(long from, Span<byte> buffer) =>
            bytes.AsSpan((int)from, buffer.Length).CopyTo(buffer);
    }

    private sealed class Made : SandboxContent
    {
        private readonly byte[] _pattern = new byte[Piece];

        public Made(long length, int seed)
        {
            Length = length;
            new Random(seed).NextBytes(_pattern);
        }

        public override long Length { get; }

        public override void Read(long from, Span<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                var (piece, offset) = Math.DivRem(from, Piece);
                var part = _pattern.AsSpan((int)offset, (int)Math.Min(buffer.Length, Piece - offset));
                part.CopyTo(buffer);
                // Each piece is another one.
                for (var i = 0; i < part.Length && offset + i < sizeof(long); i++)
                {
                    buffer[i] ^= (byte)((piece >> (8 * (int)(offset + i))) & 0xFF);
                }
                buffer = buffer[part.Length..];
                from += part.Length;
            }
        }
    }
}
