using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>A certification authority of a trust folder.</summary>
internal sealed class Authority(X509Certificate2 certificate)
{
    public X509Certificate2 Certificate { get; } = certificate;

    /// <summary>The names without suffix under which the folder has it.</summary>
    public HashSet<string> Hashes { get; } = new(StringComparer.Ordinal);

    public bool IsSelfSigned { get; } = Key(certificate.SubjectName) == Key(certificate.IssuerName);

    /// <summary>Equal for names that X.509 takes as equal: letter case, white space and string type do not count.</summary>
    public static string Key(X500DistinguishedName name)
    {
        var words = Display(name).ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words);
    }

    /// <summary>The slash form, or the bytes when the name is damaged.</summary>
    public static string Display(X500DistinguishedName name)
    {
        try
        {
            return GridDn.Of(name).Slash;
        }
        catch (FormatException)
        {
            return "#" + Convert.ToHexString(name.RawData);
        }
    }
}
