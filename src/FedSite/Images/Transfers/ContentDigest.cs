using System.Buffers;

namespace FedSite.Images.Transfers;

/// <summary>Digest of a file, in the form of OCI: <c>sha256:HEX</c> or <c>sha512:HEX</c> with lower-case digits.</summary>
internal readonly record struct ContentDigest
{
    private const string Sha256 = "sha256";
    private const string Sha512 = "sha512";

    /// <summary>Their names.</summary>
    public static readonly IReadOnlyList<string> Algorithms = [Sha256, Sha512];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private ContentDigest(string algorithm, string hex)
    {
        Algorithm = algorithm;
        Hex = hex;
    }

    public string Algorithm { get; }

    /// <summary>Nothing but lower-case hexadecimal digits, as many as the algorithm gives: it may become a file's name.</summary>
    public string Hex { get; }

    public static ContentDigest OfSha256(string hex) => Parse($"{Sha256}:{hex}");

    /// <exception cref="ContentRefusedException">It is none, or of another algorithm.</exception>
    public static ContentDigest Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (algorithm, hex) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        var digits = algorithm switch
        {
            Sha256 => 64,
            Sha512 => 128,
            _ => 0,
        };
        if (digits == 0 || hex.Length != digits || hex.AsSpan().ContainsAnyExcept(Digits))
        {
            throw new ContentRefusedException(
                ContentRefusedException.NoDigest,
                "The digest of the content is neither `sha256:` with 64 nor `sha512:` with 128 hexadecimal digits.",
                "Its publisher has to push the image again with a current tool."
            );
        }

        return new ContentDigest(algorithm, hex);
    }

    public bool IsOf(string sha256, string sha512) =>
        string.Equals(Hex, Algorithm == Sha256 ? sha256 : sha512, StringComparison.Ordinal);

    public override string ToString() => $"{Algorithm}:{Hex}";
}
