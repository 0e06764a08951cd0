using System.Globalization;
using FedSite.Configuration;
using FedSite.State;
using Microsoft.Data.Sqlite;

namespace FedSite.Accounting;

/// <summary>Tables <c>accounting_*</c> of the state database: good windows, runs and quarantined objects.</summary>
public sealed class AccountingStore
{
    /// <summary>Raw JSON kept of a quarantined object, characters.</summary>
    private const int MaxRaw = 65_536;

    private readonly StateDatabase _state;
    private readonly TimeProvider _time;

    public AccountingStore(StateDatabase state, TimeProvider time)
    {
        _state = state;
        _time = time;
    }

    /// <summary>End of the last good window; null when there was none.</summary>
    public DateTimeOffset? GoodUntil(WindowKey key)
    {
        using var connection = _state.Connect();
        var rows = connection.Query(
            """
            select good_until from accounting_window
            where site = $site and region = $region and service = $service and project = $project and kind = $kind
            """,
            row => DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)),
            ("$site", key.Site),
            ("$region", key.Region),
            ("$service", key.Service),
            ("$project", key.Project),
            ("$kind", key.Kind)
        );
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Ends of a project's good windows of one kind, in all regions and by all names of the service.</summary>
    internal IReadOnlyList<(string Region, DateTimeOffset GoodUntil)> GoodUntil(
        string site,
        string project,
        string kind
    )
    {
        using var connection = _state.Connect();
        return connection.Query(
            "select region, good_until from accounting_window where site = $site and project = $project and kind = $kind",
            row => (row.GetString(0), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(1))),
            ("$site", site),
            ("$project", project),
            ("$kind", kind)
        );
    }

    /// <summary>Runs that made records of a project.</summary>
    internal IReadOnlySet<long> RunsWith(string project)
    {
        using var connection = _state.Connect();
        return connection
            .Query(
                "select distinct run from accounting_run_project where project = $project and records > 0",
                row => row.GetInt64(0),
                ("$project", project)
            )
            .ToHashSet();
    }

    /// <summary>Records windows whose messages are all in the spool, and the counts of addresses in them.</summary>
    public void Advance(long run, IReadOnlyCollection<FinishedWindow> windows)
    {
        using var connection = _state.Connect();
        using var transaction = connection.Begin();
        foreach (var (key, to, counts) in windows)
        {
            connection.Execute(
                """
                insert into accounting_window (site, region, service, project, kind, good_until, run)
                values ($site, $region, $service, $project, $kind, $to, $run)
                on conflict do update set good_until = excluded.good_until, run = excluded.run
                """,
                [.. Of(key), ("$kind", key.Kind), ("$to", to.ToUnixTimeSeconds()), ("$run", run)]
            );
            connection.ExecuteEach(
                """
                insert or replace into accounting_ip
                    (site, region, service, project, owner, version, month, name, count, measured)
                values ($site, $region, $service, $project, $owner, $version, $month, $name, $count, $measured)
                """,
                counts.Select(count =>
                    Of(key)
                        .Concat([
                            ("$owner", count.Owner),
                            ("$version", count.Version),
                            ("$month", Month(count.Measured)),
                            ("$name", count.Name),
                            ("$count", count.Count),
                            ("$measured", count.Measured.ToUnixTimeSeconds()),
                        ])
                )
            );
        }

        connection.Execute(
            "delete from accounting_ip where measured < $old",
            ("$old", _time.GetUtcNow().AddDays(-400).ToUnixTimeSeconds())
        );
        transaction.Commit();
    }

    /// <summary>The last count of each owner and IP version in a project, whatever its month.</summary>
    internal IReadOnlyList<IpCount> LastIpCounts(WindowKey key) =>
        // SQLite takes the other columns from the row with the maximum.
        QueryIp(
            "select owner, name, version, count, max(measured) from accounting_ip where {0} group by owner, version",
            key
        );

    /// <summary>What was measured last in the month that holds a time.</summary>
    internal IReadOnlyList<IpCount> IpCounts(WindowKey key, DateTimeOffset time) =>
        QueryIp(
            "select owner, name, version, count, measured from accounting_ip where {0} and month = $month",
            key,
            ("$month", Month(time))
        );

    /// <summary>A connection of its own; the caller disposes of it.</summary>
    internal SqliteConnection Connect() => _state.Connect();

    /// <summary>Notes the start of a run and forgets runs of more than 400 days ago.</summary>
    /// <returns>The run's number.</returns>
    public long StartRun(bool manual)
    {
        var now = _time.GetUtcNow();
        using var connection = _state.Connect();
        connection.Execute(
            "delete from accounting_run where started < $old",
            ("$old", now.AddDays(-400).ToUnixTimeSeconds())
        );
        return connection.Query(
            "insert into accounting_run (started, manual, outcome) values ($started, $manual, 'running') returning id",
            row => row.GetInt64(0),
            ("$started", now.ToUnixTimeSeconds()),
            ("$manual", manual ? 1 : 0)
        )[0];
    }

    public void EndRun(long run, string outcome, IReadOnlyCollection<ProjectResult> results)
    {
        using var connection = _state.Connect();
        using var transaction = connection.Begin();
        connection.Execute(
            "update accounting_run set ended = $ended, outcome = $outcome where id = $run",
            ("$ended", _time.GetUtcNow().ToUnixTimeSeconds()),
            ("$outcome", outcome),
            ("$run", run)
        );
        foreach (var result in results)
        {
            connection.Execute(
                """
                insert into accounting_run_project
                    (run, project, name, vo, kind, window_from, window_to, records, quarantined, error)
                values ($run, $project, $name, $vo, $kind, $from, $to, $records, $quarantined, $error)
                """,
                ("$run", run),
                ("$project", result.Project),
                ("$name", result.Name),
                ("$vo", result.Vo),
                ("$kind", result.Kind.Word()),
                ("$from", result.From.ToUnixTimeSeconds()),
                ("$to", result.To.ToUnixTimeSeconds()),
                ("$records", result.Records),
                ("$quarantined", result.Quarantined),
                ("$error", result.Error)
            );
        }

        transaction.Commit();
    }

    public void Quarantine(long run, QuarantinedObject quarantined)
    {
        var raw = quarantined.Raw;
        using var connection = _state.Connect();
        connection.Execute(
            """
            insert into accounting_quarantine (run, project, kind, object, reason, raw, at)
            values ($run, $project, $kind, $object, $reason, $raw, $at)
            """,
            ("$run", run),
            ("$project", quarantined.Project),
            ("$kind", quarantined.Kind),
            ("$object", quarantined.Object),
            ("$reason", quarantined.Reason),
            ("$raw", raw.Length > MaxRaw ? raw[..MaxRaw] : raw),
            ("$at", _time.GetUtcNow().ToUnixTimeSeconds())
        );
    }

    /// <summary>The number of the newest run; null when there was none.</summary>
    public long? LastRun()
    {
        using var connection = _state.Connect();
        return connection.Query(
            "select max(id) from accounting_run",
            row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0)
        )[0];
    }

    /// <summary>What a run put into quarantine.</summary>
    public IReadOnlyList<QuarantinedObject> Quarantined(long run)
    {
        using var connection = _state.Connect();
        return connection.Query(
            "select project, kind, object, reason, raw from accounting_quarantine where run = $run order by id",
            row => new QuarantinedObject
            {
                Project = row.GetString(0),
                Kind = row.GetString(1),
                Object = row.GetString(2),
                Reason = row.GetString(3),
                Raw = row.GetString(4),
            },
            ("$run", run)
        );
    }

    private List<IpCount> QueryIp(string sql, WindowKey key, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        const string OfProject = "site = $site and region = $region and service = $service and project = $project";
        using var connection = _state.Connect();
        return connection.Query(
            sql.Replace("{0}", OfProject, StringComparison.Ordinal),
            row => new IpCount(
                row.GetString(0),
                row.GetString(1),
                row.GetInt32(2),
                row.GetInt32(3),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4))
            ),
            [.. Of(key), .. more]
        );
    }

    private static (string Name, object? Value)[] Of(WindowKey key) =>
        [("$site", key.Site), ("$region", key.Region), ("$service", key.Service), ("$project", key.Project)];

    private static string Month(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
