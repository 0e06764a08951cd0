using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FedSite.Grid;

namespace FedSite.OpenStack;

/// <summary>Whom connections believe: the system's CAs and those of <c>cacert</c>.</summary>
internal static class CloudTrust
{
    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public static X509ChainPolicy PolicyOf(CloudCredentials credentials) =>
        PolicyOf(credentials.CaCert, credentials.Origin);

    /// <param name="cacert">PEM file; null: the system's CAs alone.</param>
    /// <param name="origin">Where it is named, for messages.</param>
    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public static X509ChainPolicy PolicyOf(string? cacert, string origin)
    {
        var policy = TlsTrust.ClientPolicy(folder: null);
        if (cacert is not null)
        {
            policy.CustomTrustStore.AddRange(Load(cacert, origin));
        }
        return policy;
    }

    private static X509Certificate2Collection Load(string file, string origin)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(e.Message, e);
        }
        return authorities.Count > 0 ? authorities : throw Unusable("no certificate in it", inner: null);

        FedSiteException Unusable(string why, Exception? inner) =>
            new(
                $"The file of CAs {file} cannot be used: {why}",
                $"Give a readable PEM file as cacert in {origin}, or leave cacert out to trust the system's CAs.",
                ExitCode.Usage,
                inner
            );
    }
}
