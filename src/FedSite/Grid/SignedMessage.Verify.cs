namespace FedSite.Grid;

public static partial class SignedMessage
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Checks a message. The signer that is reported is the one certificate that the signature names, whose key verified
    /// it, and that itself chains to an authority of the folder and is on no revocation list. Other certificates in the
    /// message play no part. Line ends of <paramref name="wire"/> may be LF, CRLF or a mixture; nothing in it makes this
    /// throw. Validity and revocation lists are judged for the time <paramref name="at"/>; with
    /// <paramref name="requireCrls"/> a missing revocation list is an error, not a warning.
    /// </summary>
    public static SignatureCheck Verify(
        ReadOnlyMemory<byte> wire,
        TrustFolder trust,
        DateTimeOffset at,
        bool requireCrls = false
    )
    {
        ArgumentNullException.ThrowIfNull(trust);
        try
        {
            return Judge(SignatureProof.Read(wire), trust, at, requireCrls);
        }
        catch (RefusedException e)
        {
            return new SignatureCheck { Findings = [e.Finding] };
        }
    }

    private static SignatureCheck Judge(SignatureProof proof, TrustFolder trust, DateTimeOffset at, bool requireCrls)
    {
        using var certificate = proof.Certificate;
        var name = NameOf(proof);
        var findings = new List<GridFinding>(trust.Check(certificate, at, requireCrls));
        if (name.IsAmbiguous)
        {
            findings.Add(
                GridFinding.Error(
                    "signer.ambiguous-name",
                    $"The signer's name can be read in two ways, a value of it contains a slash and an equals sign: {name}"
                )
            );
        }
        if (proof.IgnoredCertificates > 0)
        {
            findings.Add(
                GridFinding.Warning(
                    "signature.more-certificates",
                    $"Ignored {proof.IgnoredCertificates} further certificates in the message; some receivers stumble over them."
                )
            );
        }
        if (proof.SigningTime > at + ClockTolerance)
        {
            findings.Add(
                GridFinding.Warning(
                    "signature.from-the-future",
                    $"The signer says that it signed at {proof.SigningTime:yyyy-MM-dd HH:mm:ss} UTC, which is yet to come."
                )
            );
        }
        var refused = findings.Exists(f => f.IsError);
        return new SignatureCheck
        {
            Signer = refused ? null : name,
            ClaimedSigner = name.Slash,
            SigningTime = proof.SigningTime,
            Text = refused ? default : proof.Message.PlainText(),
            Findings = findings,
        };
    }

    private static GridDn NameOf(SignatureProof proof)
    {
        try
        {
            return GridDn.Of(proof.Certificate.SubjectName);
        }
        catch (FormatException e)
        {
            throw new RefusedException("signer.broken-name", "The name in the signer's certificate is damaged.", e);
        }
    }
}
