namespace FedSite.Tests.Information.Consumers;

/// <summary>How the Infrastructure Manager finds an image by its <c>egi://</c> URL.</summary>
internal static class InfrastructureManager
{
    /// <summary>Endpoint and image; null: it finds none.</summary>
    /// <param name="api">Whom it asks.</param>
    /// <param name="url"><c>egi://SITE/PROJECT/REPOSITORY:TAG?VO</c>.</param>
    public static (string Endpoint, string Image)? Resolve(QueryApi api, string url)
    {
        var address = url["egi://".Length..].Split('?', 2);
        var name = address[0].Split('/', 2);
        if (api.Site(name[0]) is not { } site || api.Images(name[0], address[1]) is not { } images)
            return null;
        // Of several, the greatest version as text.
        return
            images.Where(image => image.EgiId == name[1]).MaxBy(image => image.Version, StringComparer.Ordinal)
                is { } newest
            ? (site.Url, newest.Id)
            : null;
    }
}
