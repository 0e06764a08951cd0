using FedSite.State;
using Microsoft.Data.Sqlite;

namespace FedSite.Messages;

/// <content>What the sender writes down before and after each step.</content>
internal sealed partial class Journal
{
    /// <summary>
    /// These messages are about to be locked at <paramref name="at"/> and sent; until an answer is noted, their fate is
    /// unknown.
    /// </summary>
    public void Attempting(IReadOnlyList<Outbound> messages, DateTimeOffset at) =>
        Each(
            messages,
            """
            insert into message
                (queue, name, state, records, bytes, sha256, queued_at, locked_at, attempted_at, attempts)
            values ($queue, $name, 'unknown', $records, $bytes, $sha256, $queued, $at, $at, 1)
            on conflict (queue, name) do update set
                state = 'unknown', records = coalesce(excluded.records, records), bytes = excluded.bytes,
                sha256 = excluded.sha256, locked_at = excluded.locked_at, attempted_at = excluded.attempted_at,
                attempts = attempts + 1, settled_at = null
            """,
            (message, _) =>
                [
                    ("$name", message.Name),
                    ("$records", message.Records),
                    ("$bytes", message.Bytes),
                    ("$sha256", message.Sha256),
                    ("$queued", Microseconds(QueueNames.QueuedAt(message.Name))),
                    ("$at", Microseconds(at)),
                ]
        );

    /// <summary>AMS has confirmed these messages.</summary>
    public void Sent(IReadOnlyList<Outbound> messages, IReadOnlyList<string> ids) =>
        Each(
            messages,
            """
            update message set state = 'sent', settled_at = $at, ams_id = $id, reason = null
            where queue = $queue and name = $name
            """,
            (message, i) => [("$name", message.Name), ("$at", Microseconds(time.GetUtcNow())), ("$id", ids[i])]
        );

    /// <summary>
    /// The last attempt ended for this reason; with a state, its outcome is known: nothing was sent, and the message is
    /// what it was before.
    /// </summary>
    public void Failed(IReadOnlyList<Outbound> messages, string reason, Func<string, MessageState>? state) =>
        Each(
            messages,
            "update message set state = coalesce($state, state), reason = $reason where queue = $queue and name = $name",
            (message, _) =>
                [
                    ("$name", message.Name),
                    ("$reason", reason),
                    ("$state", state is null ? null : state(message.Name).Word()),
                ]
        );

    /// <summary>A message was settled without being sent.</summary>
    public void Settled(string name, MessageState state, string? reason) =>
        Run(connection =>
            connection.Execute(
                """
                insert into message (queue, name, state, queued_at, settled_at, reason)
                values ($queue, $name, $state, $queued, $at, $reason)
                on conflict (queue, name) do update set
                    state = excluded.state, settled_at = excluded.settled_at, reason = excluded.reason, locked_at = null
                """,
                ("$queue", queue),
                ("$name", name),
                ("$state", state.Word()),
                ("$queued", Microseconds(QueueNames.QueuedAt(name))),
                ("$at", Microseconds(time.GetUtcNow())),
                ("$reason", reason)
            )
        );

    /// <summary>A message was put back into the queue, perhaps with fewer records.</summary>
    public void Requeued(string name, ReadOnlySpan<byte> text, int? records, string? note)
    {
        var (bytes, hash) = (text.Length, Hash(text));
        Run(connection =>
            connection.Execute(
                """
                insert into message (queue, name, state, records, bytes, sha256, queued_at, reason)
                values ($queue, $name, 'queued', $records, $bytes, $sha256, $queued, $reason)
                on conflict (queue, name) do update set
                    state = 'queued', records = excluded.records, bytes = excluded.bytes, sha256 = excluded.sha256,
                    settled_at = null, locked_at = null, reason = excluded.reason
                """,
                ("$queue", queue),
                ("$name", name),
                ("$records", records),
                ("$bytes", bytes),
                ("$sha256", hash),
                ("$queued", Microseconds(QueueNames.QueuedAt(name))),
                ("$reason", note)
            )
        );
    }

    /// <summary>Entries of the messages named from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public Dictionary<string, JournalEntry> Range(string first, string last)
    {
        using var connection = database.Connect();
        return connection
            .Query(
                $"select {Columns} from message where queue = $queue and name between $first and $last",
                Read,
                ("$queue", queue),
                ("$first", first),
                ("$last", last)
            )
            .ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>Messages that a run which was killed may have left locked, and since when.</summary>
    public IReadOnlyList<(string Name, DateTimeOffset At)> Locked()
    {
        using var connection = database.Connect();
        return connection.Query(
            "select name, locked_at from message where queue = $queue and locked_at is not null",
            row => (row.GetString(0), Time(row.GetInt64(1))),
            ("$queue", queue)
        );
    }

    /// <summary>Names of the messages that were last seen in the spool.</summary>
    public IReadOnlyList<string> Waiting()
    {
        using var connection = database.Connect();
        return connection.Query(
            "select name from message where queue = $queue and state in ('queued', 'unknown') order by name",
            row => row.GetString(0),
            ("$queue", queue)
        );
    }

    /// <summary>All our locks in the spool bear this time now.</summary>
    public void Refreshed(DateTimeOffset at) =>
        Run(connection =>
            connection.Execute(
                "update message set locked_at = $at where queue = $queue and locked_at is not null",
                ("$at", Microseconds(at)),
                ("$queue", queue)
            )
        );

    /// <summary>No lock of ours is left in the spool.</summary>
    public void Unlocked() =>
        Run(connection =>
            connection.Execute(
                "update message set locked_at = null where queue = $queue and locked_at is not null",
                ("$queue", queue)
            )
        );

    private void Run(Action<SqliteConnection> action)
    {
        using var connection = database.Connect();
        action(connection);
    }

    private void Each(
        IReadOnlyList<Outbound> messages,
        string sql,
        Func<Outbound, int, (string, object?)[]> parameters
    ) =>
        Run(connection =>
        {
            using var transaction = connection.Begin();
            connection.ExecuteEach(
                sql,
                messages.Select((message, i) => parameters(message, i).Prepend(("$queue", queue)))
            );
            transaction.Commit();
        });
}
