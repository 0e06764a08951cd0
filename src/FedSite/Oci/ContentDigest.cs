using System.Buffers;
using System.Security.Cryptography;

namespace FedSite.Oci;

/// <summary>Digests as OCI writes them: <c>sha256:HEX</c> and <c>sha512:HEX</c>, in lower case.</summary>
internal static class ContentDigest
{
    private const string Sha256 = "sha256:";
    private const string Sha512 = "sha512:";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>False also for algorithms that are not used here.</summary>
    public static bool IsOne(string? text) =>
        text is not null && ((IsHex(text, Sha256) && text.Length == 71) || (IsHex(text, Sha512) && text.Length == 135));

    /// <summary>The SHA-256 digest of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Sha256 + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static bool Fits(string digest, ReadOnlySpan<byte> bytes) =>
        digest == (digest.StartsWith(Sha512, StringComparison.Ordinal) ? Longer(bytes) : Of(bytes));

    private static string Longer(ReadOnlySpan<byte> bytes) => Sha512 + Convert.ToHexStringLower(SHA512.HashData(bytes));

    private static bool IsHex(string text, string algorithm) =>
        text.StartsWith(algorithm, StringComparison.Ordinal)
        && !text.AsSpan(algorithm.Length).ContainsAnyExcept(HexDigits);
}
