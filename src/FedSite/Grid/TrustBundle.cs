using System.Security.Cryptography;
using System.Text;

namespace FedSite.Grid;

/// <summary>
/// A trust folder in IGTF layout as two texts in PEM. What the folder has several times, under the hashes of old and new
/// OpenSSL, stands there once; missing ends of lines and DER do no harm.
/// </summary>
/// <param name="Certificates">Authorities, in the order of the files' names.</param>
/// <param name="RevocationLists">Revocation lists, in the same order.</param>
/// <param name="Warnings">Files that could not be used, as sentences.</param>
public sealed record TrustBundle(string Certificates, string RevocationLists, IReadOnlyList<string> Warnings)
{
    /// <summary>Characters of either text; all of IGTF is a tenth of it.</summary>
    private const int Most = 128 * 1024 * 1024;

    /// <exception cref="FedSiteException">The folder can not be read, or has no authorities or no revocation lists.</exception>
    public static TrustBundle Read(string path)
    {
        var folder = TrustFolder.Load(path);
        var warnings = folder.Findings.Select(finding => finding.Text).ToList();
        var certificates = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var authority in folder.Authorities.OrderBy(
                a => a.Hashes.Min(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
        )
            Add(
                certificates,
                "CERTIFICATE",
                authority.Certificate.RawData,
                Authority.Display(authority.Certificate.SubjectName),
                seen
            );
        var lists = new StringBuilder();
        foreach (var file in folder.RevocationListFiles)
            AddList(lists, file, seen, warnings);
        if (lists.Length == 0)
        {
            throw new FedSiteException(
                $"The trust folder {path} holds no revocation list that can be used (files like 1a2b3c4d.r0).",
                "Run fetch-crl first: HAProxy and nginx refuse every certificate without them."
            );
        }

        return new TrustBundle(certificates.ToString(), lists.ToString(), warnings);
    }

    private static void AddList(StringBuilder lists, string file, HashSet<string> seen, List<string> warnings)
    {
        try
        {
            var bytes = TrustFile.Read(file, RevocationList.MaximumBytes);
            var der = RevocationList.DerOf(bytes);
            var list = RevocationList.Parse(file, der);
            if (list.IsDamaged)
                warnings.Add($"{file} cannot be used: it holds no revocation list.");
            else
                Add(lists, "X509 CRL", der, list.IssuerName!, seen);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            warnings.Add($"{file} cannot be used: {e.Message}");
        }
    }

    private static void Add(StringBuilder text, string label, byte[] der, string name, HashSet<string> seen)
    {
        if (!seen.Add(Convert.ToHexString(SHA256.HashData(der))))
            return;
        if (text.Length + 2L * der.Length > Most)
            throw new FedSiteException($"The trust folder holds more than a bundle may ({Most >> 20} MiB).");
        var shown = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        text.Append("\n# ").Append(shown).Append('\n').Append(PemEncoding.Write(label, der)).Append('\n');
    }
}
