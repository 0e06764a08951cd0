namespace FedSite.Images.Sources;

/// <summary>Names of architectures, as OCI has them.</summary>
internal static class Architectures
{
    /// <summary>From the names of OpenStack and Linux.</summary>
    /// <returns>Null: none is named.</returns>
    public static string? Of(string? name) =>
        name?.Trim().ToLowerInvariant() switch
        {
            null or "" or "unknown" => null,
            "x86_64" or "x86-64" => "amd64",
            "aarch64" => "arm64",
            "i386" or "i486" or "i586" or "i686" => "386",
            "armv6l" or "armv7l" or "armhf" => "arm",
            { Length: <= 32 } other when other.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') => other,
            _ => null,
        };
}
