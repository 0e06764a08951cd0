using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace FedSite.Grid;

/// <summary>
/// A folder of trusted certification authorities in IGTF layout: <c>HASH.0</c>, <c>HASH.1</c>… hold certificates (PEM),
/// <c>HASH.r0</c>… their revocation lists (PEM or DER), HASH being eight hex digits. Read once; safe for parallel use.
/// </summary>
/// <remarks>
/// Policy. A chain consists of certificates of the folder alone and ends in a self-signed one. A revocation list that is
/// there must be signed by its authority, be current, and not name the certificate; a missing one is a warning unless the
/// caller demands it. Authorities' signing policies and namespaces are not evaluated.
/// </remarks>
public sealed partial class TrustFolder
{
    private const int MaximumCertificateFile = 256 * 1024;
    private const int MaximumFiles = 20_000;

    private readonly Dictionary<string, List<Authority>> _byName = new(StringComparer.Ordinal);
    private readonly RevocationLists _crls = new();

    private TrustFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>How many authorities the folder holds, those below a root included.</summary>
    public int Count => _byName.Values.Sum(a => a.Count);

    /// <summary>How many revocation lists the folder holds.</summary>
    public int CrlCount => _crls.Count;

    /// <summary>Files that could not be used, as warnings.</summary>
    public IReadOnlyList<GridFinding> Findings { get; private set; } = [];

    /// <summary>In the order of their names.</summary>
    internal IEnumerable<string> RevocationListFiles => _crls.Files.Order(StringComparer.Ordinal);

    internal IEnumerable<Authority> Authorities => _byName.Values.SelectMany(a => a);

    /// <summary>Reads the authorities' certificates; revocation lists are read when needed.</summary>
    /// <exception cref="FedSiteException">The folder is missing, unreadable, or holds no authority.</exception>
    public static TrustFolder Load(string path)
    {
        var folder = new TrustFolder(path);
        var findings = new List<GridFinding>();
        foreach (var file in Files(path))
        {
            var name = HashedName().Match(System.IO.Path.GetFileName(file));
            if (!name.Success)
                continue;
            if (name.Groups["crl"].Success)
                folder._crls.Add(name.Groups["hash"].Value, file);
            else
                folder.AddAuthorities(file, name.Groups["hash"].Value, findings);
        }
        folder.Findings = findings;
        if (folder.Count > 0)
            return folder;
        throw new FedSiteException(
            $"The trust folder {path} holds no certification authority (files like 1a2b3c4d.0).",
            "Install the IGTF authorities (package ca-policy-egi-core), or run \"openssl rehash\" on a folder of PEM files.",
            ExitCode.Usage
        );
    }

    /// <summary>
    /// Judges a certificate: chain to a self-signed authority of this folder, validity of all its members at
    /// <paramref name="at"/>, and revocation. No error among the findings means that it is trusted. With
    /// <paramref name="requireCrls"/> a missing revocation list is an error, not a warning.
    /// </summary>
    public IReadOnlyList<GridFinding> Check(X509Certificate2 certificate, DateTimeOffset at, bool requireCrls = false)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            var findings = new List<GridFinding>();
            var chain = BuildChain(certificate, at);
            for (var i = 0; i + 1 < chain.Count; i++)
            {
                var issuer = Find(chain[i + 1])!;
                findings.AddRange(_crls.Check(chain[i], issuer, at, requireCrls));
            }
            return findings;
        }
        catch (RefusedException e)
        {
            return [e.Finding];
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return
            [
                GridFinding.Error("chain.damaged", $"{Name(certificate)}: the certificate is damaged: {e.Message}"),
            ];
        }
    }

    private List<X509Certificate2> BuildChain(X509Certificate2 certificate, DateTimeOffset at)
    {
        CheckLeaf(certificate, at);
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.DisableCertificateDownloads = true;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.VerificationTime = at.UtcDateTime;
        AddIssuers(certificate, policy);
        var trusted = chain.Build(certificate);
        var members = chain.ChainElements.Select(e => e.Certificate).ToList();
        if (!trusted)
            throw Untrusted(certificate, chain, at);
        // The platform may know further intermediate certificates; those of this folder alone count.
        var foreign = members.Skip(1).FirstOrDefault(c => Find(c) is null);
        var root = members[^1];
        if (foreign is null && Find(root) is { IsSelfSigned: true })
            return members;
        throw UnknownAuthority(certificate, foreign ?? root);
    }

    private static void CheckLeaf(X509Certificate2 certificate, DateTimeOffset at)
    {
        if (KeyKinds.WeakDigest(certificate.SignatureAlgorithm.Value) is { } weak)
            throw new RefusedException(
                "chain.weak-digest",
                $"{Name(certificate)} is a certificate signed with {weak}, which proves nothing today."
            );
        CheckValidity(certificate, at, "the certificate");
    }

    private static void CheckValidity(X509Certificate2 certificate, DateTimeOffset at, string what)
    {
        var (notBefore, notAfter) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (at.UtcDateTime > notAfter)
            throw new RefusedException(
                "chain.expired",
                $"{Name(certificate)}: {what} expired on {notAfter:yyyy-MM-dd HH:mm} UTC."
            );
        if (at.UtcDateTime < notBefore)
            throw new RefusedException(
                "chain.not-yet-valid",
                $"{Name(certificate)}: {what} is not valid before {notBefore:yyyy-MM-dd HH:mm} UTC."
            );
    }

    // Only what may be in this chain: handing over all the folder's authorities costs more than the signature.
    private void AddIssuers(X509Certificate2 certificate, X509ChainPolicy policy)
    {
        var wanted = new Queue<X509Certificate2>([certificate]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (wanted.TryDequeue(out var member))
        {
            var issuer = Authority.Key(member.IssuerName);
            if (!seen.Add(issuer) || !_byName.TryGetValue(issuer, out var authorities))
                continue;
            foreach (var authority in authorities)
            {
                (authority.IsSelfSigned ? policy.CustomTrustStore : policy.ExtraStore).Add(authority.Certificate);
                wanted.Enqueue(authority.Certificate);
            }
        }
    }

    private RefusedException Untrusted(X509Certificate2 certificate, X509Chain chain, DateTimeOffset at)
    {
        foreach (var element in chain.ChainElements)
            CheckValidity(element.Certificate, at, "an authority of the chain");
        const X509ChainStatusFlags NoIssuer = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        if ((flags & X509ChainStatusFlags.NotSignatureValid) != X509ChainStatusFlags.NoError)
        {
            return new RefusedException(
                "chain.forged",
                $"{Name(certificate)}: a signature in the chain is wrong, so {Issuer(certificate)} did not issue it."
            );
        }
        return (flags & NoIssuer) != X509ChainStatusFlags.NoError
            ? UnknownAuthority(
                certificate,
                chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate : certificate
            )
            : new RefusedException(
                "chain.invalid",
                $"{Name(certificate)}: the chain is not valid ({string.Join("; ", chain.ChainStatus.Select(s => s.Status).Distinct())})."
            );
    }

    private RefusedException UnknownAuthority(X509Certificate2 certificate, X509Certificate2 last) =>
        new(
            "chain.unknown-authority",
            $"{Name(certificate)}: {Path} has no trusted authority {Issuer(last)} that issued it."
        );

    private Authority? Find(X509Certificate2 certificate) =>
        _byName.TryGetValue(Authority.Key(certificate.SubjectName), out var authorities)
            ? authorities.Find(a => a.Certificate.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            : null;

    private void AddAuthorities(string file, string hash, List<GridFinding> findings)
    {
        try
        {
            var bytes = TrustFile.Read(file, MaximumCertificateFile);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(System.Text.Encoding.Latin1.GetString(bytes));
            if (certificates.Count == 0)
                findings.Add(GridFinding.Warning("trust.unusable-file", $"{file} holds no PEM certificate."));
            foreach (var certificate in certificates)
                AddAuthority(certificate, hash);
        }
        catch (Exception e)
            when (e is CryptographicException or IOException or UnauthorizedAccessException or FormatException)
        {
            findings.Add(GridFinding.Warning("trust.unusable-file", $"{file} cannot be used: {e.Message}"));
        }
    }

    // Links give the same certificate several names, and its revocation list may follow any of them.
    private void AddAuthority(X509Certificate2 certificate, string hash)
    {
        if (Find(certificate) is not { } authority)
        {
            authority = new Authority(certificate);
            var key = Authority.Key(certificate.SubjectName);
            if (!_byName.TryGetValue(key, out var same))
                _byName[key] = same = [];
            same.Add(authority);
        }
        authority.Hashes.Add(hash);
    }

    private static List<string> Files(string path)
    {
        try
        {
            return [.. Directory.EnumerateFiles(path).Take(MaximumFiles).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException or IOException)
        {
            throw new FedSiteException(
                e is DirectoryNotFoundException
                    ? $"The trust folder {path} does not exist."
                    : $"The trust folder {path} cannot be read: {e.Message}",
                "Install the IGTF authorities (package ca-policy-egi-core), or name another folder in messaging.trust or --trust.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static string Name(X509Certificate2 certificate) => Authority.Display(certificate.SubjectName);

    private static string Issuer(X509Certificate2 certificate) => Authority.Display(certificate.IssuerName);

    [GeneratedRegex(@"^(?<hash>[0-9a-f]{8})\.(?<crl>r)?[0-9]{1,3}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HashedName();
}
