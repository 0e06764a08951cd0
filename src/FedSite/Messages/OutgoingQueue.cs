using System.Text;
using FedSite.Configuration;
using FedSite.State;

namespace FedSite.Messages;

/// <summary>One queue of site.yaml: its spool, where messages wait, and the journal of what became of them.</summary>
public sealed class OutgoingQueue
{
    /// <summary>Lock in the state folder that a sender holds, and whoever moves its messages.</summary>
    internal const string LockName = "messages";

    private readonly Journal _journal;
    private bool _followed;

    /// <param name="name">Its key in site.yaml, for instance <c>cloud</c>.</param>
    /// <param name="config">Folder, topic and limits.</param>
    /// <param name="database">Holds the journal.</param>
    /// <param name="time">Clock for names and journal.</param>
    public OutgoingQueue(string name, QueueConfig config, StateDatabase database, TimeProvider time)
    {
        Name = name;
        Config = config;
        Spool = new Spool(config.Spool, time);
        StateFolder = database.Folder;
        _journal = new Journal(database, name, time);
    }

    public string Name { get; }
    public QueueConfig Config { get; }
    public Spool Spool { get; }
    internal Journal Journal => _journal;
    internal string StateFolder { get; }

    /// <summary>Queues messages in their order: when this returns, they are in the spool for good.</summary>
    /// <returns>Their names in the queue.</returns>
    /// <exception cref="SpoolException">The spool can't be written; the first of them may have been queued.</exception>
    /// <exception cref="ArgumentException">A text is empty or not ASCII; nothing was queued.</exception>
    public async Task<IReadOnlyList<string>> EnqueueAsync(
        IReadOnlyList<MessageDraft> drafts,
        CancellationToken cancellationToken
    )
    {
        if (drafts.Any(draft => draft.Text.IsEmpty || !Ascii.IsValid(draft.Text.Span)))
        {
            throw new ArgumentException("A message is ASCII text and not empty.", nameof(drafts));
        }

        if (!_followed)
        {
            Spool.Follow(_journal.LastName());
            _followed = true;
        }

        var names = await Spool.AddAsync([.. drafts.Select(draft => draft.Text)], cancellationToken);
        // The files come first: a message without a row is sent all the same, a row without its file is nothing.
        _journal.Queued(names, drafts);
        return names;
    }

    /// <summary>Files of the messages that an accounting run made, as far as they are kept, in order of queueing.</summary>
    public IEnumerable<string> FilesOf(long run) =>
        _journal
            .OfRun(run)
            .Select(name =>
                Array.Find([Spool.PathOf(name), Spool.PathOfSent(name), Spool.PathOfSetAside(name)], File.Exists)
            )
            .OfType<string>();

    /// <summary>Names of the messages that wait or were sent and are still kept, in order of queueing.</summary>
    internal List<string> KeptNames()
    {
        // In this order: a message that is sent meanwhile is then in both lists, not in none.
        List<string> names = [.. Spool.List()];
        return [.. names.Concat(Spool.ListSent()).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>File of a message that waits or was sent; null: it went away.</summary>
    internal string? KeptFile(string name) => Array.Find([Spool.PathOf(name), Spool.PathOfSent(name)], File.Exists);
}
