using System.Formats.Asn1;

namespace FedSite.Grid;

/// <summary>
/// An attribute type of a distinguished name. <paramref name="OpenSsl"/> is OpenSSL's short name, or the OID where it has
/// none; <paramref name="Authn"/> the name that the authentication service of AMS gives it, null where it has none.
/// </summary>
internal sealed record NameAttribute(string Oid, string OpenSsl, string? Authn)
{
    /// <summary>The attributes that the authentication service knows, in its order.</summary>
    public static readonly IReadOnlyList<NameAttribute> AuthnOrder =
    [
        new("1.2.840.113549.1.9.1", "emailAddress", "E"),
        new("2.5.4.3", "CN", "CN"),
        new("2.5.4.11", "OU", "OU"),
        new("2.5.4.10", "O", "O"),
        new("2.5.4.17", "postalCode", "POSTALCODE"),
        new("2.5.4.9", "street", "STREET"),
        new("2.5.4.7", "L", "L"),
        new("2.5.4.8", "ST", "ST"),
        new("2.5.4.6", "C", "C"),
        new("0.9.2342.19200300.100.1.25", "DC", "DC"),
    ];

    private static readonly IReadOnlyList<NameAttribute> Others =
    [
        new("0.9.2342.19200300.100.1.1", "UID", Authn: null),
        new("0.9.2342.19200300.100.1.3", "mail", Authn: null),
        new("1.2.840.113549.1.9.2", "unstructuredName", Authn: null),
        new("1.2.840.113549.1.9.8", "unstructuredAddress", Authn: null),
        new("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", Authn: null),
        new("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", Authn: null),
        new("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", Authn: null),
        new("2.5.4.4", "SN", Authn: null),
        new("2.5.4.5", "serialNumber", Authn: null),
        new("2.5.4.12", "title", Authn: null),
        new("2.5.4.13", "description", Authn: null),
        new("2.5.4.15", "businessCategory", Authn: null),
        new("2.5.4.16", "postalAddress", Authn: null),
        new("2.5.4.18", "postOfficeBox", Authn: null),
        new("2.5.4.20", "telephoneNumber", Authn: null),
        new("2.5.4.41", "name", Authn: null),
        new("2.5.4.42", "GN", Authn: null),
        new("2.5.4.43", "initials", Authn: null),
        new("2.5.4.44", "generationQualifier", Authn: null),
        new("2.5.4.45", "x500UniqueIdentifier", Authn: null),
        new("2.5.4.46", "dnQualifier", Authn: null),
        new("2.5.4.65", "pseudonym", Authn: null),
        new("2.5.4.72", "role", Authn: null),
        new("2.5.4.97", "organizationIdentifier", Authn: null),
    ];

    private static readonly Dictionary<string, NameAttribute> ByOid = AuthnOrder
        .Concat(Others)
        .ToDictionary(a => a.Oid, StringComparer.Ordinal);

    private static readonly HashSet<string> Names = ByOid
        .Values.Select(a => a.OpenSsl)
        .ToHashSet(StringComparer.Ordinal);

    public static NameAttribute Of(string oid) => ByOid.GetValueOrDefault(oid) ?? new(oid, oid, Authn: null);

    public static bool IsName(string text) => Names.Contains(text);
}

/// <summary>
/// One attribute of a distinguished name; <paramref name="StartsRdn"/> is false for the second and later attributes of a
/// multi-valued part.
/// </summary>
internal sealed record NamePart(NameAttribute Attribute, string Value, bool StartsRdn)
{
    /// <summary>Reads an AttributeTypeAndValue.</summary>
    /// <exception cref="AsnContentException">The encoding is broken.</exception>
    public static NamePart Read(AsnReader attribute, bool startsRdn)
    {
        var type = NameAttribute.Of(attribute.ReadObjectIdentifier());
        return new NamePart(type, ReadValue(attribute), startsRdn);
    }

    private static string ReadValue(AsnReader attribute)
    {
        var encoded = attribute.PeekEncodedValue();
        var tag = attribute.PeekTag();
        if (tag.TagClass == TagClass.Universal && IsText((UniversalTagNumber)tag.TagValue))
        {
            try
            {
                return attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue);
            }
            catch (AsnContentException) when (encoded.Length > 0)
            {
                // Bytes that are no text of the type they claim: shown as they are, like a type that is no text.
            }
        }
        return "#" + Convert.ToHexString(encoded.Span);
    }

    private static bool IsText(UniversalTagNumber tag) =>
        tag
            is UniversalTagNumber.UTF8String
                or UniversalTagNumber.PrintableString
                or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String
                or UniversalTagNumber.BMPString
                or UniversalTagNumber.VisibleString
                or UniversalTagNumber.NumericString;
}
