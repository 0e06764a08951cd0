using System.Runtime.CompilerServices;
using FedSite.Grid;

namespace FedSite.Checks;

/// <summary>The host certificate, the trust folder, and whether one vouches for the other.</summary>
internal static class CertificateChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        var messaging = subject.Site.Messaging;
        var rule = CheckRules.HostCertificate;
        if (messaging.Ams.Token is not null && !File.Exists(messaging.Certificate))
        {
            yield return rule.Error(
                $"There is no host certificate {messaging.Certificate}; the configured AMS token opens AMS, but messages "
                    + "are signed with the certificate."
            );
            yield break;
        }

        using var credential = HostCredential.Load(messaging.Certificate, messaging.Key, subject.Time);
        yield return rule.Ok(
            $"{messaging.Certificate}: {credential.Subject}, valid until {credential.NotAfter:yyyy-MM-dd HH:mm} UTC."
        );
        foreach (var warning in credential.Warnings)
            yield return rule.Warning(warning);
        cancellationToken.ThrowIfCancellationRequested();

        var (trust, problem) = LoadTrust(messaging.Trust);
        if (trust is null)
        {
            yield return problem!;
            yield break;
        }

        yield return CheckRules.TrustFolder.Ok(
            $"{trust.Path}: {trust.Count} authorities, {trust.CrlCount} revocation lists."
        );
        foreach (var finding in trust.Findings)
            yield return CheckRules.TrustFolder.Warning(finding.Text);
        var chain = trust.Check(credential.Certificate, subject.Time.GetUtcNow());
        foreach (var finding in chain)
            yield return finding.IsError
                ? CheckRules.Chain.Error(finding.Text)
                : CheckRules.Chain.Warning(finding.Text);
        if (chain.Count == 0)
            yield return CheckRules.Chain.Ok($"{trust.Path} vouches for {credential.Subject}.");
    }

    internal static (TrustFolder? Folder, Finding? Problem) LoadTrust(string path)
    {
        try
        {
            return (TrustFolder.Load(path), null);
        }
        catch (FedSiteException e)
        {
            return (null, CheckRules.TrustFolder.Error(e.Message, e.NextStep));
        }
    }
}
