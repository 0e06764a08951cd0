namespace FedSite.Configuration;

/// <summary>The forms in which people write Keystone's URL.</summary>
internal static class KeystoneUrl
{
    /// <summary>What is wrong with it, null when it can be used.</summary>
    public static string? Fault(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0
        )
            return "expected a URL such as https://keystone.example.org:5000/v3";
        if (url.UserInfo.Length > 0)
            return "expected a URL without user name and password";
        return url.AbsolutePath.TrimEnd('/').EndsWith("/v2.0", StringComparison.Ordinal)
            ? "Keystone's API v2.0 is not supported; write the same URL with /v3"
            : null;
    }

    /// <summary>With <c>/v3</c> at its end and nothing behind.</summary>
    public static Uri Normalize(string text)
    {
        var url = new Uri(text);
        var path = url.AbsolutePath.TrimEnd('/');
        return new Uri(
            url.GetLeftPart(UriPartial.Authority)
                + (path.EndsWith("/v3", StringComparison.Ordinal) ? path : path + "/v3")
        );
    }
}
