namespace FedSite.Images.Sources;

/// <summary>Manifests that were read before: their digests name them for ever.</summary>
internal interface IManifestMemory
{
    /// <summary>Null: not known.</summary>
    byte[]? Find(string digest);

    void Keep(string digest, byte[] body);
}
