using FedSite.Ams;
using FedSite.Configuration;
using FedSite.Grid;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Messages;

/// <summary>A message and where its text is.</summary>
/// <param name="Entry">What is known about it.</param>
/// <param name="Path">Its file; null: no longer kept.</param>
public sealed record FoundMessage(JournalEntry Entry, string? Path);

/// <summary>Messages that wait or were sent, as far as they are still here.</summary>
/// <param name="Files">Their files in order of queueing, each looked for when it is its turn.</param>
/// <param name="Since">When the oldest was queued; null: there is none.</param>
public sealed record KeptMessages(IEnumerable<string> Files, DateTimeOffset? Since);

/// <summary>What sending a message would do.</summary>
/// <param name="Queue">Name of the queue.</param>
/// <param name="Name">Name in the queue.</param>
/// <param name="Bytes">Size of the text.</param>
/// <param name="Records">Number of records; null: not known.</param>
/// <param name="Refusal">Why it would be set aside; null: it would be sent.</param>
public sealed record RehearsedMessage(string Queue, string Name, int Bytes, int? Records, string? Refusal);

/// <summary>All queues of a site, and everything that can be done with the messages in them.</summary>
public sealed class Outbox
{
    private readonly MessagingConfig _config;
    private readonly StateDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;

    private readonly OutgoingQueue _cloud;
    private readonly OutgoingQueue _storage;

    private Outbox(SiteConfig site, StateDatabase database, TimeProvider time, ILoggerFactory loggers)
    {
        (_config, _database, _time, _loggers) = (site.Messaging, database, time, loggers);
        _cloud = new OutgoingQueue("cloud", _config.Queues.Cloud, database, time);
        _storage = new OutgoingQueue("storage", _config.Queues.Storage, database, time);
        // What was queued before storage records were switched off is still to be sent.
        Queues =
            site.Accounting.Kinds.Contains(RecordKind.Storage) || Directory.Exists(_storage.Spool.Folder)
                ? [_cloud, _storage]
                : [_cloud];
    }

    /// <summary>The queues in use.</summary>
    public IReadOnlyList<OutgoingQueue> Queues { get; }

    /// <summary>Opens the state database; neither the network nor the certificate is touched.</summary>
    /// <exception cref="FedSiteException">The database can't be opened.</exception>
    public static Outbox Open(SiteConfig site, TimeProvider time, ILoggerFactory loggers) =>
        new(site, StateDatabase.Open(site.State!), time, loggers);

    /// <summary>The queue that takes records of this kind.</summary>
    public OutgoingQueue QueueOf(RecordKind kind) => kind is RecordKind.Storage ? _storage : _cloud;

    /// <summary>Sends all that waits, queue by queue.</summary>
    /// <exception cref="FedSiteException">
    /// The certificate can't be used, or another run is at work. Failures of AMS are in the reports.
    /// </exception>
    public async Task<IReadOnlyList<SendReport>> SendAsync(
        IProgress<SendProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var credential = HostCredential.Load(_config.Certificate, _config.Key, _time);
        using var ams = AmsClient.Connect(_config.Ams, credential, LoadTrust(), _database.Folder, _time);
        var reports = new List<SendReport>();
        foreach (var queue in Queues)
        {
            var sender = new Sender(queue, ams, credential, _time, _loggers.CreateLogger<Sender>());
            reports.Add(await sender.SendAsync(progress, cancellationToken));
        }

        return reports;
    }

    /// <summary>Reads, checks and signs all that waits, and does nothing else.</summary>
    /// <exception cref="FedSiteException">The certificate can't be used.</exception>
    public async Task<IReadOnlyList<RehearsedMessage>> RehearseAsync(CancellationToken cancellationToken)
    {
        using var credential = HostCredential.Load(_config.Certificate, _config.Key, _time);
        var rehearsed = new List<RehearsedMessage>();
        foreach (var queue in Queues)
        {
            List<string> names = [.. queue.Spool.List()];
            var reader = new OutboundReader(queue.Spool, names, credential, _time);
            while (reader.Position < names.Count)
            {
                var batch = await reader.ReadAsync(cancellationToken);
                rehearsed.AddRange(
                    batch.Select(m => new RehearsedMessage(queue.Name, m.Name, m.Bytes, m.Records, m.Refusal))
                );
            }
        }

        return rehearsed;
    }

    /// <summary>
    /// Messages in one state, in order of queueing; without a state those that wait or were set aside.
    /// <see cref="MessageState.Queued"/> includes those of unknown fate.
    /// </summary>
    public IReadOnlyList<JournalEntry> List(MessageState? state) =>
        [
            .. Queues.SelectMany(queue =>
                state switch
                {
                    MessageState.Queued => Waiting(queue),
                    MessageState.Unknown => Waiting(queue).Where(entry => entry.State == MessageState.Unknown),
                    MessageState.SetAside => SetAside(queue),
                    null => SetAside(queue).Concat(Waiting(queue)).OrderBy(entry => entry.Name, StringComparer.Ordinal),
                    _ => queue.Journal.List(state),
                }
            ),
        ];

    /// <summary>What the repository has of this site or will have, as far as it is still kept here.</summary>
    public KeptMessages Kept()
    {
        List<(OutgoingQueue Queue, List<string> Names)> kept = [.. Queues.Select(queue => (queue, queue.KeptNames()))];
        return new KeptMessages(
            kept.SelectMany(k => k.Names.Select(k.Queue.KeptFile)).OfType<string>(),
            kept.SelectMany(k => k.Names.Take(1)).Select(name => (DateTimeOffset?)QueueNames.QueuedAt(name)).Min()
        );
    }

    /// <summary>Finds a message by its name, or by the part behind the slash.</summary>
    /// <exception cref="FedSiteException">There is none.</exception>
    public FoundMessage Find(string id)
    {
        var (queue, name) = Locate(id, static (spool, name) => spool.Holds(name));
        var spool = queue.Spool;
        var path = Array.Find([spool.PathOf(name), spool.PathOfSetAside(name), spool.PathOfSent(name)], File.Exists);
        var entry =
            path == spool.PathOf(name) ? Waiting(queue).First(waiting => waiting.Name == name)
            : path == spool.PathOfSetAside(name) ? SetAside(queue).First(aside => aside.Name == name)
            : queue.Journal.Find(name) ?? Unknown(queue, name, MessageState.Sent, path!);
        return new FoundMessage(entry, path);
    }

    /// <summary>Puts a message that was set aside back into its queue; see <see cref="RetryOutcome"/>.</summary>
    /// <exception cref="FedSiteException">It was not set aside, or nothing of it is worth sending.</exception>
    public RetryOutcome Retry(string id)
    {
        var (queue, name) = Locate(id, static (spool, name) => File.Exists(spool.PathOfSetAside(name)));
        return File.Exists(queue.Spool.PathOfSetAside(name))
            ? new SetAsideMessages(queue, _time).Retry(name)
            : throw new FedSiteException(
                $"Message {name} was not set aside.",
                "`fedsite messages list --state set-aside` shows those that were.",
                ExitCode.Usage
            );
    }

    /// <summary>Deletes a message that waits or was set aside.</summary>
    /// <exception cref="FedSiteException">There is none, or another program holds it.</exception>
    public void Drop(string id)
    {
        var (queue, name) = Locate(id, static (spool, name) => spool.Holds(name));
        if (!queue.Spool.Holds(name))
        {
            throw new FedSiteException(
                $"Message {name} neither waits nor was set aside.",
                "`fedsite messages list` shows those that can be dropped.",
                ExitCode.Usage
            );
        }

        new SetAsideMessages(queue, _time).Drop(name);
    }

    private TrustFolder? LoadTrust() => Directory.Exists(_config.Trust) ? TrustFolder.Load(_config.Trust) : null;

    /// <summary>Two queues may give the same name in the same microsecond: the one where it has the place counts.</summary>
    private (OutgoingQueue Queue, string Name) Locate(string id, Func<Spool, string, bool> hasPlace)
    {
        var found = Queues
            .Select(queue => (Queue: queue, Name: NameIn(queue, id)))
            .Where(f => f.Name is not null)
            .Select(f => (f.Queue, Name: f.Name!))
            .ToList();
        return found.Count == 0
            ? throw new FedSiteException(
                $"There is no message {id}.",
                "`fedsite messages list` shows them; a name looks like 6a5b1c40/6a5b1c6d0f2a31.",
                ExitCode.Usage
            )
            : found.OrderByDescending(f => hasPlace(f.Queue.Spool, f.Name)).First();
    }

    private static string? NameIn(OutgoingQueue queue, string id) =>
        queue
            .Spool.List()
            .Concat(queue.Spool.ListSetAside())
            .Concat(queue.Spool.ListSent())
            .Concat(queue.Journal.List(null).Select(entry => entry.Name))
            .FirstOrDefault(name =>
                name == id || (QueueNames.IsFile(id) && name.EndsWith(id, StringComparison.Ordinal))
            );

    // The spool is the truth about what waits; the journal adds what it knows.
    private static IEnumerable<JournalEntry> Waiting(OutgoingQueue queue)
    {
        var known = queue.Journal.List(null).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        foreach (var name in queue.Spool.List())
        {
            yield return known.GetValueOrDefault(name) is { State: MessageState.Queued or MessageState.Unknown } entry
                ? entry
                : Unknown(queue, name, MessageState.Queued, queue.Spool.PathOf(name));
        }
    }

    private static IEnumerable<JournalEntry> SetAside(OutgoingQueue queue)
    {
        foreach (var name in queue.Spool.ListSetAside())
        {
            var note = queue.Spool.ReadNote(name);
            var entry =
                queue.Journal.Find(name)
                ?? Unknown(queue, name, MessageState.SetAside, queue.Spool.PathOfSetAside(name));
            yield return entry with
            {
                State = MessageState.SetAside,
                Reason = note?.Reason ?? entry.Reason,
            };
        }
    }

    private static JournalEntry Unknown(OutgoingQueue queue, string name, MessageState state, string path) =>
        new()
        {
            Queue = queue.Name,
            Name = name,
            State = state,
            QueuedAt = QueueNames.QueuedAt(name),
            Bytes = new FileInfo(path) is { Exists: true } file ? file.Length : null,
        };
}
