using FedSite.State;

namespace FedSite.Messages;

/// <summary>What came of putting a message back into the queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Records">Records that it has now; null: not known.</param>
/// <param name="Superseded">Records left out, since younger messages that were sent meanwhile hold newer ones.</param>
public sealed record RetryOutcome(string Name, int? Records, int Superseded);

/// <summary>Puts messages that were set aside back, or deletes messages for good.</summary>
internal sealed class SetAsideMessages(OutgoingQueue queue, TimeProvider time)
{
    private readonly Spool _spool = queue.Spool;

    /// <summary>
    /// Puts a message back at its old place in the queue. Records that a younger message has replaced in the repository
    /// meanwhile are left out: sent now, they would overwrite the newer ones.
    /// </summary>
    /// <exception cref="FedSiteException">Nothing of it is worth sending, or that can't be told.</exception>
    public RetryOutcome Retry(string name)
    {
        using var one = RunLock.Acquire(queue.StateFolder, OutgoingQueue.LockName, time);
        ReadOnlyMemory<byte> text = File.ReadAllBytes(_spool.PathOfSetAside(name));
        var content = MessageContent.Parse(text);
        var kept = Unreplaced(name, content);
        var superseded = content.Records.Count - kept.Count;
        if (superseded > 0)
        {
            text = MessageContent.Rewrite(text, kept);
        }

        int? records = content.Kind is null ? null : kept.Count;
        _spool.Restore(name, text);
        queue.Journal.Requeued(
            name,
            text.Span,
            records,
            superseded > 0 ? $"{superseded} records left out: younger messages hold newer ones." : null
        );
        _spool.RemoveSetAside(name);
        return new RetryOutcome(name, records, superseded);
    }

    /// <summary>Deletes a message that waits or was set aside.</summary>
    /// <exception cref="FedSiteException">Another program holds it.</exception>
    public void Drop(string name)
    {
        using var one = RunLock.Acquire(queue.StateFolder, OutgoingQueue.LockName, time);
        if (_spool.TryLock(name, time.GetUtcNow()) == LockOutcome.Held)
        {
            throw new FedSiteException(
                $"Another program holds message {name}.",
                "Try again when it has ended; the lock of a dead one ends after 10 minutes."
            );
        }

        _spool.Remove(name);
        _spool.RemoveSetAside(name);
        queue.Journal.Settled(name, MessageState.Dropped, "Deleted by hand.");
    }

    private IReadOnlyList<MessageRecord> Unreplaced(string name, MessageContent content)
    {
        var younger = _spool.ListSent().Where(sent => string.CompareOrdinal(sent, name) > 0).ToList();
        if (younger.Count == 0)
        {
            return content.Records;
        }

        if (content.Kind is null || content.Records.Any(record => record.Key is null))
        {
            throw new FedSiteException(
                $"Message {name} ({content.Type}) was not made by FedSite, and younger messages were sent since: "
                    + "whether it would overwrite newer records can't be told.",
                $"Let its program make the records again, then `fedsite messages drop {name} --yes`."
            );
        }

        var replaced = younger.SelectMany(KeysOf).ToHashSet(StringComparer.Ordinal);
        List<MessageRecord> kept = [.. content.Records.Where(record => !replaced.Contains(record.Key!))];
        return kept.Count > 0
            ? kept
            : throw new FedSiteException(
                $"All {content.Records.Count} records of message {name} have been replaced by newer ones in messages sent since.",
                $"Nothing is missing: `fedsite messages drop {name} --yes`."
            );
    }

    private IEnumerable<string> KeysOf(string name) =>
        MessageContent
            .Parse(File.ReadAllBytes(_spool.PathOfSent(name)))
            .Records.Select(record => record.Key)
            .OfType<string>();
}
