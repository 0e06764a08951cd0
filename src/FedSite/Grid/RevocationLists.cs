using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>The revocation lists of a trust folder; each is read when first needed.</summary>
internal sealed class RevocationLists
{
    /// <summary>Clocks of authorities may be ahead of ours by this much.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, List<string>> _filesByHash = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<RevocationList>> _lists = new(StringComparer.Ordinal);

    public int Count => _filesByHash.Values.Sum(f => f.Count);

    public IEnumerable<string> Files => _filesByHash.Values.SelectMany(files => files);

    public void Add(string hash, string file)
    {
        if (!_filesByHash.TryGetValue(hash, out var files))
            _filesByHash[hash] = files = [];
        files.Add(file);
    }

    /// <summary>Judges one member of a chain by its issuer's newest good list.</summary>
    public IEnumerable<GridFinding> Check(
        X509Certificate2 certificate,
        Authority issuer,
        DateTimeOffset at,
        bool required
    )
    {
        var lists = issuer
            .Hashes.SelectMany(h => _filesByHash.GetValueOrDefault(h) ?? [])
            .Select(Read)
            .Where(l => l.IsDamaged || l.IsOf(issuer.Certificate))
            .ToList();
        var good = lists
            .Where(l => l.FaultFor(issuer.Certificate) is null && l.Covers(certificate))
            .MaxBy(l => l.ThisUpdate);
        if (good is not null)
            return Judge(good, certificate, at);
        var name = Authority.Display(issuer.Certificate.SubjectName);
        if (
            lists
                .Select(l => (List: l, Fault: l.FaultFor(issuer.Certificate)))
                .FirstOrDefault(l => l.Fault is not null) is
            { Fault: { } fault } bad
        )
            return
            [
                GridFinding.Error(
                    "crl.unusable",
                    $"The revocation list {bad.List.File} of {name} cannot be used: {fault}."
                ),
            ];
        var missing =
            $"There is no revocation list of {name}; whether {Authority.Display(certificate.SubjectName)} was revoked is unknown.";
        return [new GridFinding("crl.missing", required, missing)];
    }

    private RevocationList Read(string file) =>
        _lists.GetOrAdd(file, f => new Lazy<RevocationList>(() => RevocationList.Read(f))).Value;

    private static IEnumerable<GridFinding> Judge(RevocationList list, X509Certificate2 certificate, DateTimeOffset at)
    {
        if (list.RevokedAt(certificate) is { } revoked)
        {
            yield return GridFinding.Error(
                "chain.revoked",
                $"{Authority.Display(certificate.SubjectName)}: the certificate was revoked on {revoked:yyyy-MM-dd HH:mm} UTC."
            );
        }
        if (list.ThisUpdate > at + ClockTolerance)
        {
            yield return GridFinding.Error(
                "crl.not-yet-valid",
                $"The revocation list {list.File} is dated {list.ThisUpdate:yyyy-MM-dd HH:mm} UTC, which is yet to come."
            );
        }
        if (list.NextUpdate < at)
        {
            yield return GridFinding.Error(
                "crl.expired",
                $"The revocation list {list.File} served until {list.NextUpdate:yyyy-MM-dd HH:mm} UTC; run fetch-crl."
            );
        }
    }
}
