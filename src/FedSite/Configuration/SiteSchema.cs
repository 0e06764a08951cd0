namespace FedSite.Configuration;

/// <summary>The JSON Schema of <c>site.yaml</c>, for editors. A test keeps it in step with the records.</summary>
public static class SiteSchema
{
    /// <summary>The document, UTF-8.</summary>
    public static byte[] Read()
    {
        using var resource = typeof(SiteSchema).Assembly.GetManifestResourceStream("site.schema.json")!;
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }
}
