using System.Text;
using FedSite.Grid;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Grid;

/// <summary>A test authority with a trust folder and one host of each kind of key, made once for a test class.</summary>
public sealed class GridSite : IDisposable
{
    public const string HostDn = "/DC=org/DC=example/C=XX/O=hosts/O=Test Grid/OU=Dept, of Odd/CN=host/dc.example.org";

    public GridSite()
    {
        Folder = Directory.CreateTempSubdirectory("fedsite-grid-").FullName;
        Authority = TestAuthority.Create(Folder, TimeProvider.System);
        Intermediate = Authority.IssueIntermediate("/DC=org/DC=example/O=FedSite/CN=Issuing CA", TestKey.Ec);
        RsaHost = Authority.IssueHost(HostDn);
        EcHost = Intermediate.IssueHost(HostDn, new() { Key = TestKey.Ec });
        Authority.WriteTrustFolder(TrustPath);
        Trust = TrustFolder.Load(TrustPath);
        Rsa = HostCredential.Load(RsaHost.CertificateFile, RsaHost.KeyFile, TimeProvider.System);
        Ec = HostCredential.Load(EcHost.CertificateFile, EcHost.KeyFile, TimeProvider.System);
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string Folder { get; }

    public string TrustPath => Path.Combine(Folder, "trust");

    public TestAuthority Authority { get; }

    public TestAuthority Intermediate { get; }

    public IssuedCertificate RsaHost { get; }

    public IssuedCertificate EcHost { get; }

    public HostCredential Rsa { get; }

    public HostCredential Ec { get; }

    public TrustFolder Trust { get; }

    public HostCredential Credential(TestKey key) => key == TestKey.Ec ? Ec : Rsa;

    public IssuedCertificate Host(TestKey key) => key == TestKey.Ec ? EcHost : RsaHost;

    public byte[] Sign(string text, TestKey key = TestKey.Rsa) =>
        SignedMessage.Sign(Encoding.ASCII.GetBytes(text), Credential(key), Now);

    public SignatureCheck Verify(byte[] wire) => SignedMessage.Verify(wire, Trust, Now);

    /// <summary>Writes a file into the folder of this site and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        var file = Path.Combine(Folder, $"{Guid.CreateVersion7():N}-{name}");
        File.WriteAllBytes(file, content);
        return file;
    }

    public void Dispose()
    {
        Rsa.Dispose();
        Ec.Dispose();
        RsaHost.Dispose();
        EcHost.Dispose();
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
