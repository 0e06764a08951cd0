using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FedSite.Grid;

/// <summary>Reads the PEM files of a credential and says in plain words what is wrong with them.</summary>
internal static class CredentialFiles
{
    private const int MaximumBytes = 256 * 1024;
    private const string Ed25519Oid = "1.3.101.112";
    private const string Ed448Oid = "1.3.101.113";

    private const UnixFileMode Others =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;

    /// <summary>Reads one or more certificates, in the order of the file.</summary>
    /// <exception cref="FedSiteException">Missing, unreadable, or no PEM certificate.</exception>
    public static List<X509Certificate2> ReadCertificates(string file)
    {
        using var stream = Open(file, "certificate");
        var text = ReadText(stream, file, "certificate");
        var certificates = new List<X509Certificate2>();
        try
        {
            foreach (var block in PemBlocks(text))
            {
                if (block.Label is "CERTIFICATE" or "X509 CERTIFICATE")
                    certificates.Add(X509CertificateLoader.LoadCertificate(block.Content));
            }
        }
        catch (CryptographicException e)
        {
            throw new FedSiteException(
                $"The certificate in {file} is damaged: {e.Message}",
                "Install the file again as you got it from the certification authority.",
                ExitCode.Usage,
                e
            );
        }
        if (certificates.Count > 0)
            return certificates;
        throw new FedSiteException(
            $"{file} holds no PEM certificate (no line \"-----BEGIN CERTIFICATE-----\").",
            text.StartsWith('0')
                ? $"It looks like DER or PKCS#12. Convert it: openssl x509 -inform DER -in {file}, or openssl pkcs12 -clcerts -nokeys -in {file}."
                : "Name the file that holds the host certificate.",
            ExitCode.Usage
        );
    }

    /// <summary>Reads an <see cref="RSA"/> or <see cref="ECDsa"/> key.</summary>
    /// <exception cref="FedSiteException">
    /// Missing, unreadable, readable by others, encrypted, of another kind, or no PEM key.
    /// </exception>
    public static AsymmetricAlgorithm ReadKey(string file, List<string> warnings)
    {
        using var stream = Open(file, "key");
        CheckMode(stream, file, warnings);
        var text = ReadText(stream, file, "key");
        var block = PemBlocks(text).FirstOrDefault(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        if (block is null && !text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new FedSiteException(
                $"{file} holds no PEM key (no line \"-----BEGIN PRIVATE KEY-----\").",
                "Name the file that holds the key of the host certificate, in PEM.",
                ExitCode.Usage
            );
        }
        if (
            block?.Label == "ENCRYPTED PRIVATE KEY"
            || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
        )
        {
            throw new FedSiteException(
                $"The key in {file} is encrypted; a service cannot type its password.",
                $"Take the password off: openssl pkey -in {file} -out NEWFILE, mode 0600, then name NEWFILE.",
                ExitCode.Usage
            );
        }
        return Import(block, file);
    }

    private static AsymmetricAlgorithm Import(PemBlock? block, string file)
    {
        try
        {
            return block?.Label switch
            {
                "RSA PRIVATE KEY" => ImportRsa(block, pkcs8: false),
                "EC PRIVATE KEY" => ImportEc(block, pkcs8: false),
                "PRIVATE KEY" => ImportPkcs8(block, file),
                null => throw new CryptographicException("the PEM lines are incomplete"),
                _ => throw WrongKind(file, block.Label),
            };
        }
        catch (CryptographicException e)
        {
            throw new FedSiteException(
                $"The key in {file} is damaged or of an unknown kind: {e.Message}",
                $"Look at it with: openssl pkey -noout -text -in {file}. FedSite uses RSA and EC (P-256, P-384, P-521) keys.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static AsymmetricAlgorithm ImportPkcs8(PemBlock block, string file)
    {
        var algorithm = Pkcs8PrivateKeyInfo.Decode(block.Content, out _, skipCopy: true).AlgorithmId.Value;
        return algorithm switch
        {
            KeyKinds.RsaOid => ImportRsa(block, pkcs8: true),
            KeyKinds.EcOid => ImportEc(block, pkcs8: true),
            Ed25519Oid => throw WrongKind(file, "Ed25519"),
            Ed448Oid => throw WrongKind(file, "Ed448"),
            KeyKinds.RsaPssOid => throw WrongKind(file, "RSA restricted to PSS"),
            _ => throw WrongKind(file, algorithm ?? "unknown"),
        };
    }

    private static RSA ImportRsa(PemBlock block, bool pkcs8)
    {
        var rsa = RSA.Create();
        try
        {
            if (pkcs8)
                rsa.ImportPkcs8PrivateKey(block.Content, out _);
            else
                rsa.ImportRSAPrivateKey(block.Content, out _);
            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static ECDsa ImportEc(PemBlock block, bool pkcs8)
    {
        var ec = ECDsa.Create();
        try
        {
            if (pkcs8)
                ec.ImportPkcs8PrivateKey(block.Content, out _);
            else
                ec.ImportECPrivateKey(block.Content, out _);
            return ec;
        }
        catch
        {
            ec.Dispose();
            throw;
        }
    }

    private static FedSiteException WrongKind(string file, string kind) =>
        new(
            $"The key in {file} is of the kind {kind}; the receivers of accounting messages know RSA and EC alone.",
            "Request a certificate for an RSA key (2048 bits or more) or an EC key (P-256).",
            ExitCode.Usage
        );

    private static void CheckMode(FileStream stream, string file, List<string> warnings)
    {
        var mode = File.GetUnixFileMode(stream.SafeFileHandle);
        if ((mode & Others) != UnixFileMode.None)
        {
            throw new FedSiteException(
                $"The key in {file} can be read or changed by others (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}).",
                $"chmod 0600 {file}; if strangers have accounts on this machine, have the certificate revoked and request another.",
                ExitCode.Usage
            );
        }
        if ((mode & UnixFileMode.GroupRead) != UnixFileMode.None)
            warnings.Add($"The key in {file} can be read by its whole group; chmod 0600 if that is not meant.");
    }

    private static FileStream Open(string file, string what)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FedSiteException(
                $"The {what} file {file} does not exist.",
                $"Set messaging.{what} in site.yaml to the host {what}'s PEM file, or put it there.",
                ExitCode.Usage,
                e
            );
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            var denied = e is UnauthorizedAccessException && !Directory.Exists(file);
            throw new FedSiteException(
                denied
                    ? $"The {what} file {file} may not be read by the user {Environment.UserName}."
                    : $"The {what} file {file} cannot be read: {e.Message}",
                denied
                    ? $"Run FedSite as the owner of the file, or give that user its own copy of the {what}, mode 0600."
                    : $"Name a PEM file in messaging.{what}.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static string ReadText(FileStream stream, string file, string what)
    {
        if (stream.Length > MaximumBytes)
        {
            throw new FedSiteException(
                $"The {what} file {file} has {stream.Length} bytes; a {what} has a few thousand.",
                $"Name the PEM file of the host {what}.",
                ExitCode.Usage
            );
        }
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var text = Encoding.Latin1.GetString(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    private static List<PemBlock> PemBlocks(string text)
    {
        var blocks = new List<PemBlock>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add(
                new(rest[fields.Label].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString()))
            );
            rest = rest[fields.Location.End..];
        }
        return blocks;
    }

    private sealed record PemBlock(string Label, byte[] Content);
}
