using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FedSite.Grid;

/// <summary>
/// A distinguished name in the notations that the federation uses. Names are read from their encoding, since .NET's own
/// text form is reversed and quoted.
/// </summary>
public sealed record GridDn
{
    private GridDn(IReadOnlyList<NamePart> parts)
    {
        Slash = string.Concat(parts.Select(p => $"/{p.Attribute.OpenSsl}={Visible(p.Value)}"));
        OneLine = string.Concat(parts.Select(p => $"/{p.Attribute.OpenSsl}={Hexed(p.Value)}"));
        EscapedOneLine = string.Concat(parts.Select(EscapedPart));
        Authn = string.Join(',', NameAttribute.AuthnOrder.Select(a => AuthnPart(a, parts)).OfType<string>());
        UnknownToAuthn = [.. parts.Where(p => p.Attribute.Authn is null).Select(p => p.Attribute.OpenSsl).Distinct()];
        IsAmbiguous = parts.Any(p => LooksLikeParts(p.Value));
    }

    /// <summary>
    /// <c>/DC=org/DC=example/CN=host/ce.example.org</c>: parts in the order of the certificate, values as they are, no
    /// escapes. Only control characters are written as <c>\xHH</c>. GOCDB and the accounting repository use this form.
    /// </summary>
    public string Slash { get; }

    /// <summary>
    /// The key under which the authentication service of AMS looks for a host:
    /// <c>CN=host/ce.example.org,DC=org+DC=example</c>.
    /// </summary>
    public string Authn { get; }

    /// <summary>Attributes that the authentication service of AMS leaves out; a host that has one is not imported.</summary>
    public IReadOnlyList<string> UnknownToAuthn { get; }

    /// <summary>A value contains what looks like further parts, so the slash form can be read in two ways.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>As OpenSSL before 3 prints it: bytes outside printable ASCII as <c>\xHH</c>.</summary>
    private string OneLine { get; }

    /// <summary>As OpenSSL 3 prints it: slashes and pluses in values escaped too, multi-valued parts joined by plus.</summary>
    private string EscapedOneLine { get; }

    /// <summary>Reads the name of a certificate.</summary>
    /// <exception cref="FormatException">The encoding is broken.</exception>
    public static GridDn Of(X500DistinguishedName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Read(name.RawData);
    }

    /// <summary>Reads the DER of an X.501 Name.</summary>
    /// <exception cref="FormatException">The encoding is broken.</exception>
    public static GridDn Read(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var parts = new List<NamePart>();
            var reader = new AsnReader(encoded, AsnEncodingRules.BER);
            var rdns = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            while (rdns.HasData)
            {
                var rdn = rdns.ReadSetOf();
                for (var first = true; rdn.HasData; first = false)
                    parts.Add(NamePart.Read(rdn.ReadSequence(), first));
            }
            return new GridDn(parts);
        }
        catch (AsnContentException e)
        {
            throw new FormatException("A distinguished name is not encoded as X.501 demands.", e);
        }
    }

    /// <summary>Reads the text form of .NET, where there is no encoding to be had.</summary>
    internal static GridDn OfText(string text) => new(DotNetName.Read(text));

    /// <summary>
    /// Whether <paramref name="slashForm"/> means this name: letter by letter, in any of the spellings that the versions
    /// of OpenSSL print.
    /// </summary>
    public bool Matches(string slashForm)
    {
        ArgumentNullException.ThrowIfNull(slashForm);
        var given = slashForm.AsSpan().Trim();
        return given.SequenceEqual(Slash) || given.SequenceEqual(OneLine) || given.SequenceEqual(EscapedOneLine);
    }

    public bool Equals(GridDn? other) =>
        other is not null && string.Equals(Slash, other.Slash, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Slash);

    public override string ToString() => Slash;

    private static string EscapedPart(NamePart part)
    {
        var value = Hexed(part.Value)
            .Replace("/", "\\/", StringComparison.Ordinal)
            .Replace("+", "\\+", StringComparison.Ordinal);
        return $"{(part.StartsRdn ? '/' : '+')}{part.Attribute.OpenSsl}={value}";
    }

    private static string? AuthnPart(NameAttribute attribute, IReadOnlyList<NamePart> parts)
    {
        var same = parts
            .Where(p => p.Attribute.Oid == attribute.Oid)
            .Select(p => $"{attribute.Authn}={Rfc2253(p.Value)}");
        var joined = string.Join('+', same);
        return joined.Length == 0 ? null : joined;
    }

    private static string Rfc2253(string value)
    {
        var builder = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var edge = (c == ' ' && (i == 0 || i == value.Length - 1)) || (c == '#' && i == 0);
            if (edge || c is ',' or '+' or '"' or '\\' or '<' or '>' or ';')
                builder.Append('\\');
            builder.Append(c);
        }
        return builder.ToString();
    }

    private static string Visible(string value)
    {
        if (!value.Any(char.IsControl))
            return value;
        var builder = new StringBuilder(value.Length);
        foreach (var c in value)
            _ = char.IsControl(c) ? builder.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}") : builder.Append(c);
        return builder.ToString();
    }

    private static string Hexed(string value)
    {
        var builder = new StringBuilder(value.Length);
        foreach (var b in Encoding.UTF8.GetBytes(value))
            _ = b is >= 0x20 and < 0x7f
                ? builder.Append((char)b)
                : builder.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        return builder.ToString();
    }

    private static bool LooksLikeParts(string value)
    {
        for (var slash = value.IndexOf('/'); slash >= 0; slash = value.IndexOf('/', slash + 1))
        {
            var equals = value.IndexOf('=', slash);
            if (equals > 0 && NameAttribute.IsName(value[(slash + 1)..equals]))
                return true;
        }
        return false;
    }
}
