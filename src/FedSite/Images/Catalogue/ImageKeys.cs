namespace FedSite.Images.Catalogue;

/// <summary>Names of tags and properties in Glance.</summary>
internal static class ImageKeys
{
    /// <summary>Tag of all images that FedSite made.</summary>
    public const string Tag = "fedsite";

    /// <summary>Site that an image is kept for: several sites may have one project for their images.</summary>
    public const string Site = "fedsite_site";
    public const string Slot = "fedsite_slot";

    /// <summary>Name of the source.</summary>
    public const string Source = "fedsite_source";

    /// <summary>Digest of the manifest: the version.</summary>
    public const string Manifest = "fedsite_manifest";

    /// <summary>Digest of the file as the source offers it.</summary>
    public const string Content = "fedsite_content";

    /// <summary>When the version was made, ISO 8601; left out when it is not known.</summary>
    public const string Created = "fedsite_created";

    /// <summary>SHA-512 of what Glance has, written when it was found to be what was sent. Without it an upload was not finished.</summary>
    public const string Verified = "fedsite_sha512";

    /// <summary>When it was hidden, ISO 8601.</summary>
    public const string HiddenAt = "fedsite_hidden_at";

    /// <summary><c>replaced</c>, <c>withdrawn</c> or <c>expired</c>.</summary>
    public const string HiddenFor = "fedsite_hidden_for";

    /// <summary>Members that fitted when Glance took no more.</summary>
    public const string MemberLimit = "fedsite_member_limit";
}
