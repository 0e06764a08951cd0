using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.Ams;

/// <summary>A user of AMS: a host.</summary>
internal sealed record AmsUser(string Name, string Token, IReadOnlyCollection<string> Topics);

/// <summary>Hosts that are known, by the DN of their certificate, and their tokens.</summary>
internal sealed class AmsUsers(AmsSandboxOptions options)
{
    private readonly Lock _change = new();
    private readonly Dictionary<string, AmsUser> _byDn = new(StringComparer.Ordinal);

    public string Register(X509Certificate2 host, IEnumerable<string> topics)
    {
        lock (_change)
        {
            var user = new AmsUser($"host---{_byDn.Count + 1}", NewToken(), topics.ToHashSet(StringComparer.Ordinal));
            _byDn[Dn(host)] = user;
            return user.Token;
        }
    }

    public void RenewTokens()
    {
        lock (_change)
        {
            foreach (var dn in _byDn.Keys.ToList())
            {
                _byDn[dn] = _byDn[dn] with { Token = NewToken() };
            }
        }
    }

    public AmsUser? ByCertificate(X509Certificate2 certificate)
    {
        lock (_change)
        {
            return _byDn.GetValueOrDefault(Dn(certificate));
        }
    }

    public AmsUser? ByToken(string? token)
    {
        lock (_change)
        {
            return _byDn.Values.FirstOrDefault(user => user.Token == token);
        }
    }

    public bool IsValid(X509Certificate2 certificate)
    {
        var now = options.TimeProvider.GetUtcNow().UtcDateTime;
        return now >= certificate.NotBefore.ToUniversalTime() && now <= certificate.NotAfter.ToUniversalTime();
    }

    private static string Dn(X509Certificate2 certificate) => Convert.ToHexString(certificate.SubjectName.RawData);

    private static string NewToken() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
