namespace FedSite.Information.Gocdb;

/// <summary>A URL as people write it into GOCDB: with or without default port, slash at the end, and API version.</summary>
/// <param name="Place">Scheme, host in small letters, port.</param>
/// <param name="Path">Without slashes at its ends.</param>
internal sealed record EndpointUrl(string Place, string Path)
{
    private const string Version = "v3";

    /// <returns>Null: no URL of a web service.</returns>
    public static EndpointUrl? Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? Of(url!) : null;

    public static EndpointUrl Of(Uri url) =>
        new($"{url.Scheme}://{url.IdnHost.ToLowerInvariant().TrimEnd('.')}:{url.Port}", url.AbsolutePath.Trim('/'));

    /// <summary>Whether both mean the same Keystone.</summary>
    public bool IsAt(EndpointUrl other) => Place == other.Place && Unversioned == other.Unversioned;

    public override string ToString() => $"{Place}/{Path}";

    private string Unversioned =>
        Path == Version || Path.EndsWith("/" + Version, StringComparison.Ordinal)
            ? Path[..^Version.Length].TrimEnd('/')
            : Path;
}
