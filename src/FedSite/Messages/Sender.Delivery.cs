using FedSite.Ams;

namespace FedSite.Messages;

public sealed partial class Sender
{
    /// <summary>One run over the queue.</summary>
    private sealed class Delivery(Sender sender, IProgress<SendProgress>? progress)
    {
        private const int Tries = 4;

        private static readonly TimeSpan LocksStayYoung = TimeSpan.FromSeconds(30);

        private DateTimeOffset _lockedAt;
        private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
        private readonly List<SetAsideNote> _setAside = [];
        private int _sent;
        private long _records;
        private long _bytes;
        private string? _stopped;
        private string? _nextStep;

        /// <summary>Messages that waited.</summary>
        public int Total { get; set; }

        /// <summary>Messages that were sent or set aside.</summary>
        public int Done => _sent + _setAside.Count;

        public bool IsStopped => _stopped is not null;

        /// <summary>The first reason counts.</summary>
        public void Stop(string reason, string? nextStep)
        {
            if (!IsStopped)
            {
                (_stopped, _nextStep) = (reason, nextStep);
            }
        }

        public SendReport Report(int left) =>
            new()
            {
                Queue = sender._queue.Name,
                Sent = _sent,
                Records = _records,
                Bytes = _bytes,
                SetAside = _setAside,
                Left = left,
                Stopped = _stopped,
                NextStep = _nextStep,
            };

        public void ReleaseLocks()
        {
            foreach (var name in _locked)
            {
                sender._spool.Unlock(name);
            }

            _locked.Clear();
        }

        public async Task DeliverAsync(IReadOnlyList<Outbound> batch, CancellationToken cancellationToken)
        {
            if (batch.Count == 0)
            {
                return;
            }

            var before = sender._journal.Range(batch[0].Name, batch[^1].Name);
            _lockedAt = sender._time.GetUtcNow();
            sender._journal.Attempting([.. batch.Where(message => !WasSent(before, message))], _lockedAt);
            var held = Lock(batch, before);
            Finish(held.Where(message => WasSent(before, message)));
            await SendAsync([.. held.Where(IsLocked)], before, cancellationToken);
            progress?.Report(new SendProgress(Done, Total));
        }

        // Killed between the answer and the move to the archive.
        private static bool WasSent(Dictionary<string, JournalEntry> before, Outbound message) =>
            before.GetValueOrDefault(message.Name) is { State: MessageState.Sent } entry
            && entry.Sha256 == message.Sha256;

        private bool IsLocked(Outbound message) => _locked.Contains(message.Name);

        /// <summary>Locks messages in order, up to the first that another program holds.</summary>
        private List<Outbound> Lock(IReadOnlyList<Outbound> batch, Dictionary<string, JournalEntry> before)
        {
            var held = new List<Outbound>();
            for (var i = 0; i < batch.Count; i++)
            {
                var name = batch[i].Name;
                switch (sender._spool.TryLock(name, _lockedAt))
                {
                    case LockOutcome.Taken:
                        _locked.Add(name);
                        held.Add(batch[i]);
                        break;
                    case LockOutcome.Gone:
                        sender._journal.Settled(name, MessageState.Dropped, TakenByOthers);
                        break;
                    default:
                        Stop(
                            $"Another program holds message {name} (locked at {sender._spool.LockedAt(name):HH:mm:ss} UTC), "
                                + "and younger ones must not overtake it.",
                            "Let one program send from this spool. If the other one has died, its lock ends after 10 minutes."
                        );
                        NothingWasSent([.. batch.Skip(i)], before, _stopped!);
                        return held;
                }
            }

            return held;
        }

        private async Task SendAsync(
            List<Outbound> messages,
            Dictionary<string, JournalEntry> before,
            CancellationToken cancellationToken
        )
        {
            foreach (var refused in messages.Where(message => message.Message is null))
            {
                SetAside(refused, refused.Refusal!, refused.NextStep);
            }

            var good = messages.FindAll(message => message.Message is not null);
            // Only what every AMS takes goes together: who of a batch was too large, the answer would not say.
            if (good.Count > 1 && good.TrueForAll(message => message.Message!.StoredBytes <= MessageCheck.SafeBytes))
            {
                if (await TryTogetherAsync(good, before, cancellationToken))
                {
                    return;
                }

                sender._journal.Attempting(good, sender._time.GetUtcNow());
            }

            foreach (var message in good)
            {
                await SendOneAsync(message, before, cancellationToken);
            }
        }

        /// <summary>Sends a batch. False: some of it may be stored, and it must go again one by one.</summary>
        private async Task<bool> TryTogetherAsync(
            List<Outbound> batch,
            Dictionary<string, JournalEntry> before,
            CancellationToken cancellationToken
        )
        {
            try
            {
                var ids = await PublishAsync(batch, e => e.Fault != AmsFault.Unknown, cancellationToken);
                Confirm(batch, ids);
                return true;
            }
            catch (AmsException e) when (e.Fault is AmsFault.Unknown or AmsFault.BadRequest or AmsFault.TooLarge)
            {
                sender._journal.Failed(batch, e.Message, null);
                LogOneByOne(sender._logger, sender._queue.Name, e.Message);
                return false;
            }
            catch (AmsException e)
            {
                NothingWasSent(batch, before, e.Message);
                throw;
            }
        }

        private async Task SendOneAsync(
            Outbound message,
            Dictionary<string, JournalEntry> before,
            CancellationToken cancellationToken
        )
        {
            try
            {
                Confirm([message], await PublishAsync([message], _ => true, cancellationToken));
            }
            catch (AmsException e) when (MayBeItsFault(e, message))
            {
                sender._journal.Failed([message], e.Message, null);
                // With a topic that is in order, the message alone is to blame.
                await sender._ams.CheckTopicAsync(sender._queue.Config.Topic, cancellationToken);
                var large = e.Fault == AmsFault.Unknown;
                SetAside(message, large ? $"It is too large for AMS: {e.Message}" : e.Message, e.NextStep);
            }
            catch (AmsException e) when (e.Fault == AmsFault.Unknown)
            {
                sender._journal.Failed([message], e.Message, null);
                throw;
            }
            catch (AmsException e)
            {
                NothingWasSent([message], before, e.Message);
                throw;
            }
        }

        // Newer releases of AMS answer a message that is too large like an outage.
        private static bool MayBeItsFault(AmsException e, Outbound message) =>
            e.Fault is AmsFault.BadRequest or AmsFault.TooLarge
            || (e.Status == 500 && message.Message!.StoredBytes > MessageCheck.SafeBytes);

        private void NothingWasSent(
            IReadOnlyList<Outbound> messages,
            Dictionary<string, JournalEntry> before,
            string reason
        ) =>
            sender._journal.Failed(
                messages,
                reason,
                name =>
                    before.GetValueOrDefault(name)?.State == MessageState.Unknown
                        ? MessageState.Unknown
                        : MessageState.Queued
            );

        private Task<IReadOnlyList<string>> PublishAsync(
            IReadOnlyList<Outbound> messages,
            Func<AmsException, bool> again,
            CancellationToken cancellationToken
        )
        {
            var wire = messages.Select(message => message.Message!).ToList();
            return Backoff.RunAsync(
                () =>
                {
                    KeepLocks();
                    return sender._ams.PublishAsync(sender._queue.Config.Topic, wire, cancellationToken);
                },
                Tries,
                again,
                sender._time,
                cancellationToken
            );
        }

        /// <summary>Keeps our locks young, so that no program takes them for a dead one's.</summary>
        private void KeepLocks()
        {
            var now = sender._time.GetUtcNow();
            if (now - _lockedAt < LocksStayYoung)
            {
                return;
            }

            foreach (var name in _locked)
            {
                sender._spool.Refresh(name, now);
            }

            sender._journal.Refreshed(now);
            _lockedAt = now;
        }

        private void Confirm(List<Outbound> messages, IReadOnlyList<string> ids)
        {
            sender._journal.Sent(messages, ids);
            Finish(messages);
            for (var i = 0; i < messages.Count; i++)
            {
                _sent++;
                _records += messages[i].Records ?? 0;
                _bytes += messages[i].Bytes;
                LogSent(sender._logger, messages[i].Name, ids[i]);
            }
        }

        private void Finish(IEnumerable<Outbound> messages)
        {
            foreach (var message in messages)
            {
                sender._spool.Archive(message.Name);
                _locked.Remove(message.Name);
            }
        }

        private void SetAside(Outbound message, string reason, string? nextStep)
        {
            var note = new SetAsideNote
            {
                Name = message.Name,
                Reason = reason,
                NextStep = nextStep,
                At = sender._time.GetUtcNow(),
            };
            sender._spool.SetAside(message.Name, note);
            _locked.Remove(message.Name);
            sender._journal.Settled(message.Name, MessageState.SetAside, reason);
            _setAside.Add(note);
            LogSetAside(sender._logger, message.Name, reason);
        }
    }
}
