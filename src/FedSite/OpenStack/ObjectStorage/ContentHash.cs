using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FedSite.OpenStack.ObjectStorage;

/// <summary>MD5 of content, by which object stores name it. It guards against accidents, not against attackers.</summary>
internal static class ContentHash
{
    /// <returns>32 hexadecimal digits in lower case.</returns>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's checksum; no secret depends on it.")]
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));

    /// <summary>Whether an <c>ETag</c>, with quotes and <c>W/</c> or without, is the hash of this content.</summary>
    public static bool IsOf(ReadOnlySpan<byte> content, string etag) =>
        (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag)
            .Trim('"')
            .Equals(Of(content), StringComparison.OrdinalIgnoreCase);
}
