using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Checks;

/// <summary>Judges what was seen at the addresses of an endpoint.</summary>
internal static class EndpointFindings
{
    private static readonly TimeSpan RenewalNotice = TimeSpan.FromDays(14);
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(60);

    /// <summary>The rules that an endpoint is judged by.</summary>
    internal sealed record Rules(CheckRule Reachable, CheckRule Tls);

    public static async Task<IReadOnlyList<Finding>> OfAsync(
        string name,
        Uri url,
        X509ChainPolicy trust,
        Rules rules,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var what = $"{name} {url.Host}:{url.Port}";
        if (!HttpClient.DefaultProxy.IsBypassed(url) && HttpClient.DefaultProxy.GetProxy(url) is { } proxy)
            return
            [
                rules.Reachable.Info(
                    $"{what} is used through the proxy {proxy.Authority}; its addresses were not tried."
                ),
            ];
        var results = await EndpointProbe.RunAsync(url, trust, time, cancellationToken);
        if (results.Count == 0)
            return [rules.Reachable.Error($"{what}: the name has no address.", "Correct the name, or its DNS entry.")];
        var findings = new List<Finding> { Reachable(what, results, rules.Reachable) };
        findings.AddRange(Tls(what, url, results, rules.Tls, time.GetUtcNow()));
        findings.AddRange(Clock(what, results));
        return findings;
    }

    private static Finding Reachable(string what, IReadOnlyList<ProbeResult> results, CheckRule rule)
    {
        var good = results.Where(result => result.Fault is null).Select(result => result.Address.ToString()).ToList();
        var bad = results.Where(result => result.Fault is not null).ToList();
        var faults = string.Join("; ", bad.Select(result => $"{result.Address}: {result.Fault}"));
        if (good.Count == 0)
            return rule.Error($"{what} can't be reached: {faults}.");
        if (bad.Count > 0)
        {
            var family = bad.Exists(r => r.Address.AddressFamily == AddressFamily.InterNetworkV6) ? "IPv6 too" : "it";
            return rule.Warning(
                $"{what} answers at {string.Join(", ", good)}, but not at all its addresses: {faults}.",
                $"Open {family}, or take the dead address out of DNS."
            );
        }

        return rule.Ok($"{what} answers at {string.Join(", ", good)}.");
    }

    private static IEnumerable<Finding> Tls(
        string what,
        Uri url,
        IReadOnlyList<ProbeResult> results,
        CheckRule rule,
        DateTimeOffset now
    )
    {
        var faults = results.Where(r => r.TlsFault is not null).Select(r => r.TlsFault).Distinct().ToList();
        foreach (var fault in faults)
            yield return rule.Error($"{what}: {fault}.");
        if (url.Scheme == Uri.UriSchemeHttp)
        {
            if (!url.IsLoopback)
                yield return rule.Warning(
                    $"{what} speaks plain HTTP: passwords and tokens can be read on the way.",
                    "Serve it by HTTPS."
                );
        }
        else if (results.Min(r => r.CertificateEnds) is { } end && faults.Count == 0)
        {
            yield return end - now < RenewalNotice
                ? rule.Warning($"{what}: its certificate ends on {end:yyyy-MM-dd HH:mm} UTC.")
                : rule.Ok($"{what}: good certificate, until {end:yyyy-MM-dd}.");
        }
    }

    private static IEnumerable<Finding> Clock(string what, IReadOnlyList<ProbeResult> results)
    {
        var skew = results.Select(r => r.Skew).Where(s => s is not null).MaxBy(s => s!.Value.Duration());
        if (skew is not { } difference)
            yield break;
        var seconds = $"{difference.Duration().TotalSeconds:0} s";
        yield return difference.Duration() > TolerableSkew
            ? CheckRules.Clock.Error(
                $"This machine's clock is {seconds} {(difference > TimeSpan.Zero ? "behind" : "ahead of")} that of {what}."
            )
            : CheckRules.Clock.Ok(
                $"This machine's clock and that of {what} agree within {TolerableSkew.TotalSeconds:0} s."
            );
    }
}
