using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FedSite.Images.Catalogue;

/// <summary>
/// Ids of images are made from what they hold, so that a run finds again what an earlier one began and can't make it twice.
/// </summary>
internal static class ImageId
{
    /// <summary>Own namespace for version 5 UUIDs (RFC 9562, section 5.5).</summary>
    private static readonly Guid Namespace = new("7be5d9a3-1c0e-5f64-9d7d-2f4a1f9b7c11");

    /// <param name="owner">Id of the project.</param>
    /// <param name="site">Its name.</param>
    /// <param name="slot">See <see cref="Sources.ImageOffer.Slot"/>.</param>
    /// <param name="content">Digest of the file as the source offers it.</param>
    /// <param name="format">What Glance gets.</param>
    /// <param name="number">0; more where Glance will not make an id a second time, because it was deleted.</param>
    public static string Of(string owner, string site, string slot, string content, string format, int number)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{owner}\n{site}\n{slot}\n{content}\n{format}\n{number}"
        );
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        Hash([.. Namespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA5350",
        Justification = "What version 5 UUIDs are made with; no secret depends on it."
    )]
    private static void Hash(ReadOnlySpan<byte> data, Span<byte> hash) => SHA1.HashData(data, hash);
}
