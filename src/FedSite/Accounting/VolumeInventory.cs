using FedSite.OpenStack.BlockStorage;
using FedSite.State;
using Microsoft.Data.Sqlite;

namespace FedSite.Accounting;

/// <summary>
/// The volumes of one project that runs have seen (table <c>accounting_volume</c>). It holds facts about the cloud, not
/// about delivery, so it may run ahead of what was sent.
/// </summary>
internal sealed class VolumeInventory : IDisposable
{
    private const string OfProject = "site = $site and region = $region and service = $service and project = $project";

    /// <summary>
    /// Nobody can tell when a volume was deleted, only that it was between two runs: the middle is right on average, and
    /// wrong by half of that time at most.
    /// </summary>
    private const string End = "coalesce(gone, (seen + $now) / 2)";

    private const string NotSeen = "volume not in (select volume from temp.seen)";

    private readonly SqliteConnection _connection;
    private readonly (string Name, object? Value)[] _common;
    private readonly DateTimeOffset _now;
    private readonly bool _remembers;

    /// <param name="connection">To the state database; disposed of with this.</param>
    /// <param name="key">The project.</param>
    /// <param name="now">The run's time.</param>
    /// <param name="remembers">False: what is seen is forgotten with this object.</param>
    public VolumeInventory(SqliteConnection connection, WindowKey key, DateTimeOffset now, bool remembers)
    {
        _connection = connection;
        _now = now;
        _remembers = remembers;
        _common =
        [
            ("$site", key.Site),
            ("$region", key.Region),
            ("$service", key.Service),
            ("$project", key.Project),
            ("$now", now.ToUnixTimeSeconds()),
        ];
        // On disk, and of this connection alone. Connections come from a pool, which keeps such tables.
        connection.Execute(
            "drop table if exists temp.seen; create temp table seen (volume text primary key) strict, without rowid"
        );
    }

    public void See(IReadOnlyCollection<Volume> volumes)
    {
        using var transaction = _connection.Begin(deferred: true);
        _connection.ExecuteEach(
            "insert or ignore into temp.seen (volume) values ($volume)",
            volumes.Select(v => (IEnumerable<(string, object?)>)[("$volume", v.Id)])
        );
        if (_remembers)
        {
            _connection.ExecuteEach(
                """
                insert into accounting_volume (site, region, service, project, volume, user, size, type, created, seen)
                values ($site, $region, $service, $project, $volume, $user, $size, $type, $created, $now)
                on conflict do update set
                    user = excluded.user, size = excluded.size, type = excluded.type, seen = excluded.seen, gone = null
                """,
                volumes.Select(v =>
                    _common.Concat([
                        ("$volume", v.Id),
                        ("$user", v.UserId),
                        ("$size", v.SizeGiB),
                        ("$type", v.VolumeType),
                        ("$created", v.CreatedAt.ToUnixTimeSeconds()),
                    ])
                )
            );
        }

        transaction.Commit();
    }

    /// <summary>Volumes that were not seen now and ended after a time, with their end.</summary>
    public IEnumerable<(Volume Volume, DateTimeOffset Gone)> Gone(DateTimeOffset after)
    {
        using var command = Command(
            $"""
            select volume, user, size, type, created, {End} from accounting_volume
            where {OfProject} and {NotSeen} and {End} > $after
            """,
            ("$after", after.ToUnixTimeSeconds())
        );
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var volume = new Volume
            {
                Id = row.GetString(0),
                UserId = row.IsDBNull(1) ? null : row.GetString(1),
                SizeGiB = row.GetInt64(2),
                VolumeType = row.IsDBNull(3) ? null : row.GetString(3),
                CreatedAt = DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4)),
            };
            yield return (volume, DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)));
        }
    }

    /// <summary>Writes down the end of what was not seen, and forgets what ended more than 400 days ago.</summary>
    public void MarkGone()
    {
        if (!_remembers)
        {
            return;
        }

        _connection.Execute(
            $"update accounting_volume set gone = {End} where {OfProject} and {NotSeen} and gone is null",
            _common
        );
        _connection.Execute(
            $"delete from accounting_volume where {OfProject} and gone < $old",
            [.. _common, ("$old", _now.AddDays(-400).ToUnixTimeSeconds())]
        );
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in (ReadOnlySpan<(string, object?)>)[.. _common, .. more])
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
