namespace FedSite.OpenStack.Compute;

/// <summary>
/// Catalogs name Nova in many ways: <c>/v2.1</c>, <c>/v2.1/PROJECT</c>, the older <c>/v2/PROJECT</c>, or no version at
/// all.
/// </summary>
internal static class ComputeUrls
{
    private const string Version = "v2.1";

    /// <returns>Without a trailing slash.</returns>
    public static string Base(Uri endpoint)
    {
        var (root, tail) = Split(endpoint);
        return $"{root}/{Version}{tail}";
    }

    public static Uri VersionDocument(Uri endpoint) => new($"{Split(endpoint).Root}/{Version}/");

    private static (string Root, string Tail) Split(Uri endpoint)
    {
        var url = endpoint.AbsoluteUri.TrimEnd('/');
        foreach (var version in (ReadOnlySpan<string>)["/v2.1", "/v2"])
        {
            var start = url.LastIndexOf(version, StringComparison.Ordinal);
            var end = start + version.Length;
            if (start >= 0 && (end == url.Length || url[end] == '/'))
            {
                return (url[..start], url[end..]);
            }
        }
        return (url, "");
    }
}
