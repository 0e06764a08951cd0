using FedSite.Ams;
using FedSite.Grid;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.Messages;

/// <summary>
/// Sends the messages of one queue to AMS, strictly in order. The accounting repository keeps what it received last for
/// a machine and month, so a message goes out only after all older ones are confirmed, set aside or gone; one whose fate
/// is unknown is sent again before anything younger.
/// </summary>
public sealed partial class Sender
{
    private const string TakenByOthers = "Another program has taken it from the spool.";

    private static readonly TimeSpan KeepSent = TimeSpan.FromDays(30);

    private readonly OutgoingQueue _queue;
    private readonly Spool _spool;
    private readonly Journal _journal;
    private readonly AmsClient _ams;
    private readonly HostCredential _credential;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="queue">What to send, and to which topic.</param>
    /// <param name="ams">Where to.</param>
    /// <param name="credential">Signs.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Gets a line a message.</param>
    public Sender(
        OutgoingQueue queue,
        AmsClient ams,
        HostCredential credential,
        TimeProvider time,
        ILogger<Sender> logger
    )
    {
        (_queue, _spool, _journal) = (queue, queue.Spool, queue.Journal);
        (_ams, _credential, _time, _logger) = (ams, credential, time, logger);
    }

    /// <summary>Sends all messages that wait now.</summary>
    /// <exception cref="FedSiteException">
    /// Another run is at work, or the certificate can't be used. Failures of AMS are in the report.
    /// </exception>
    public async Task<SendReport> SendAsync(IProgress<SendProgress>? progress, CancellationToken cancellationToken)
    {
        using var one = RunLock.Acquire(_queue.StateFolder, OutgoingQueue.LockName, _time);
        _credential.CheckValidity(_time.GetUtcNow());
        var run = new Delivery(this, progress);
        try
        {
            Recover();
            _spool.Purge();
            await SendAllAsync(run, [.. _spool.List()], cancellationToken);
            _spool.PurgeSent(KeepSent);
            _spool.Purge();
        }
        catch (FedSiteException e)
        {
            Stop(run, e);
        }
        finally
        {
            LetGo(run);
        }

        return run.Report(_spool.List().Count());
    }

    private void Stop(Delivery run, FedSiteException why)
    {
        run.Stop(why.Message, why.NextStep);
        LogStopped(_logger, _queue.Name, why.Message);
    }

    private void LetGo(Delivery run)
    {
        try
        {
            run.ReleaseLocks();
            _journal.Unlocked();
        }
        catch (FedSiteException e)
        {
            // The next run does it.
            Stop(run, e);
        }
    }

    private async Task SendAllAsync(Delivery run, List<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            return;
        }

        run.Total = names.Count;
        // Before anything is touched: without a token nothing can be sent.
        await _ams.SignInAsync(cancellationToken);
        var reader = new OutboundReader(_spool, names, _credential, _time);
        var next = reader.ReadAsync(cancellationToken);
        while (!run.IsStopped)
        {
            var batch = await next;
            if (batch.Count == 0 && reader.Position >= names.Count)
            {
                break;
            }

            // The next ones are signed while these are under way.
            next = reader.ReadAsync(cancellationToken);
            try
            {
                await run.DeliverAsync(batch, cancellationToken);
            }
            catch
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }

        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!run.IsStopped && run.Done < names.Count)
        {
            _spool.CheckExists();
        }
    }

    /// <summary>
    /// Removes the locks that a run of ours which was killed has left, and notes what other programs took meanwhile.
    /// </summary>
    private void Recover()
    {
        var left = _journal.Locked();
        foreach (var (name, at) in left)
        {
            if (_spool.IsLockedSince(name, at))
            {
                _spool.Unlock(name);
            }
        }

        if (left.Count > 0)
        {
            _journal.Unlocked();
        }

        var waiting = _journal.Waiting();
        foreach (var name in waiting.Except(_spool.List(), StringComparer.Ordinal))
        {
            var (state, reason) = File.Exists(_spool.PathOfSetAside(name))
                ? (MessageState.SetAside, _spool.ReadNote(name)?.Reason)
                : (MessageState.Dropped, TakenByOthers);
            _journal.Settled(name, state, reason);
        }
    }

    // For --verbose, and word for word: sites have tools that look for this line.
    [LoggerMessage(Level = LogLevel.Debug, Message = "Sent {Name}, Argo ID: {Id}")]
    private static partial void LogSent(ILogger logger, string name, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Set {Name} aside: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue}: one by one after an unclear answer: {Reason}")]
    private static partial void LogOneByOne(ILogger logger, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Queue}: stopped, {Reason}")]
    private static partial void LogStopped(ILogger logger, string queue, string reason);
}
