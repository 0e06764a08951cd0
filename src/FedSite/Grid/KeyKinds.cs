namespace FedSite.Grid;

/// <summary>Object identifiers of public keys and of algorithms that are too weak to prove anything.</summary>
internal static class KeyKinds
{
    public const string RsaOid = "1.2.840.113549.1.1.1";
    public const string RsaPssOid = "1.2.840.113549.1.1.10";
    public const string EcOid = "1.2.840.10045.2.1";

    private static readonly Dictionary<string, string> Weak = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.2.2"] = "MD2",
        ["1.2.840.113549.2.4"] = "MD4",
        ["1.2.840.113549.2.5"] = "MD5",
        ["1.3.14.3.2.26"] = "SHA-1",
        ["1.3.14.3.2.29"] = "SHA-1",
        ["1.2.840.113549.1.1.2"] = "MD2",
        ["1.2.840.113549.1.1.3"] = "MD4",
        ["1.2.840.113549.1.1.4"] = "MD5",
        ["1.2.840.113549.1.1.5"] = "SHA-1",
        ["1.2.840.10040.4.3"] = "SHA-1",
        ["1.2.840.10045.4.1"] = "SHA-1",
    };

    /// <summary>The name of the broken digest that a digest or signature algorithm uses; null when it is none of them.</summary>
    public static string? WeakDigest(string? oid) => oid is null ? null : Weak.GetValueOrDefault(oid);
}
