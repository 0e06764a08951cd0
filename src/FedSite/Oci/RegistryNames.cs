using System.Text.RegularExpressions;

namespace FedSite.Oci;

/// <summary>What may be the name of something in a registry.</summary>
internal static partial class RegistryNames
{
    private const int LongestRepository = 255;

    public static bool IsTag(string? name) => name is not null && Tag().IsMatch(name);

    public static bool IsRepository(string? name) =>
        name is { Length: <= LongestRepository } && Repository().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.None, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        1000
    )]
    private static partial Regex Repository();
}
