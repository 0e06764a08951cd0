using System.Security.Cryptography;
using FedSite.Configuration;
using FedSite.State;
using Microsoft.Data.Sqlite;

namespace FedSite.Messages;

/// <summary>
/// History of one queue's messages in the state database. Every change is on disk when its method returns.
/// </summary>
internal sealed partial class Journal(StateDatabase database, string queue, TimeProvider time)
{
    private const string Columns =
        "queue, name, state, kind, run, records, bytes, sha256, queued_at, attempted_at, settled_at, attempts, ams_id, reason";

    /// <summary>The last name that was ever queued.</summary>
    public string? LastName()
    {
        using var connection = database.Connect();
        return connection
            .Query(
                "select name from message where queue = $queue order by name desc limit 1",
                row => row.GetString(0),
                ("$queue", queue)
            )
            .SingleOrDefault();
    }

    /// <summary>Messages were put into the spool by us. A sender may have been quicker than this note.</summary>
    public void Queued(IReadOnlyList<string> names, IReadOnlyList<MessageDraft> drafts)
    {
        var now = Microseconds(time.GetUtcNow());
        using var connection = database.Connect();
        using var transaction = connection.BeginTransaction();
        connection.ExecuteEach(
            """
            insert into message (queue, name, state, kind, run, records, bytes, sha256, queued_at)
            values ($queue, $name, 'queued', $kind, $run, $records, $bytes, $sha256, $now)
            on conflict (queue, name) do update set kind = excluded.kind, run = excluded.run, records = excluded.records
            """,
            names.Zip(
                drafts,
                (name, draft) =>
                    new (string, object?)[]
                    {
                        ("$queue", queue),
                        ("$name", name),
                        ("$kind", draft.Kind.Word()),
                        ("$run", draft.Run),
                        ("$records", draft.Records),
                        ("$bytes", draft.Text.Length),
                        ("$sha256", Hash(draft.Text.Span)),
                        ("$now", now),
                    }
            )
        );
        transaction.Commit();
    }

    public JournalEntry? Find(string name)
    {
        using var connection = database.Connect();
        return connection
            .Query(
                $"select {Columns} from message where queue = $queue and name = $name",
                Read,
                ("$queue", queue),
                ("$name", name)
            )
            .SingleOrDefault();
    }

    /// <summary>Entries in order of queueing, newest last.</summary>
    public IReadOnlyList<JournalEntry> List(MessageState? state)
    {
        using var connection = database.Connect();
        return connection.Query(
            $"""
            select {Columns} from message
            where queue = $queue and ($state is null or state = $state) order by name
            """,
            Read,
            ("$queue", queue),
            ("$state", state is { } wanted ? wanted.Word() : null)
        );
    }

    /// <summary>Names of the messages that an accounting run made, in order of queueing.</summary>
    public IReadOnlyList<string> OfRun(long run)
    {
        using var connection = database.Connect();
        return connection.Query(
            "select name from message where queue = $queue and run = $run order by name",
            row => row.GetString(0),
            ("$queue", queue),
            ("$run", run)
        );
    }

    internal static string Hash(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text));

    private static long Microseconds(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);

    private static JournalEntry Read(SqliteDataReader row) =>
        new()
        {
            Queue = row.GetString(0),
            Name = row.GetString(1),
            State = row.GetString(2) switch
            {
                "queued" => MessageState.Queued,
                "unknown" => MessageState.Unknown,
                "sent" => MessageState.Sent,
                "set-aside" => MessageState.SetAside,
                _ => MessageState.Dropped,
            },
            Kind = row.IsDBNull(3) ? null : RecordKinds.Parse(row.GetString(3)),
            Run = row.IsDBNull(4) ? null : row.GetInt64(4),
            Records = row.IsDBNull(5) ? null : row.GetInt32(5),
            Bytes = row.IsDBNull(6) ? null : row.GetInt64(6),
            Sha256 = row.IsDBNull(7) ? null : row.GetString(7),
            QueuedAt = Time(row.GetInt64(8)),
            AttemptedAt = row.IsDBNull(9) ? null : Time(row.GetInt64(9)),
            SettledAt = row.IsDBNull(10) ? null : Time(row.GetInt64(10)),
            Attempts = row.GetInt32(11),
            AmsId = row.IsDBNull(12) ? null : row.GetString(12),
            Reason = row.IsDBNull(13) ? null : row.GetString(13),
        };
}
