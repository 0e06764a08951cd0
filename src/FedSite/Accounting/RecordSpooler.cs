using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>
/// The messages that a run is filling, one for each kind and month, on their way to the spool. Full ones are put there
/// several at a time: waiting for the disk once for each would take longer than reading the cloud.
/// </summary>
internal sealed class RecordSpooler : IDisposable
{
    private const int MaxFull = 20;
    private const int MaxFullBytes = 1 << 20;

    private readonly Outbox _outbox;
    private readonly AccountingConfig _config;
    private readonly long? _run;
    private readonly ConcurrentDictionary<(RecordKind Kind, DateTimeOffset To), MessageWriter> _writers = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<MessageDraft> _full = [];
    private int _messages;

    /// <param name="outbox">Takes the messages, and knows their limits.</param>
    /// <param name="config">Forms of the messages.</param>
    /// <param name="run">Number of the run; null in a dry run: messages are only counted.</param>
    public RecordSpooler(Outbox outbox, AccountingConfig config, long? run)
    {
        _outbox = outbox;
        _config = config;
        _run = run;
    }

    /// <summary>Messages queued so far.</summary>
    public int Messages => _messages;

    public ValueTask AddAsync(
        RecordKind kind,
        DateTimeOffset to,
        ReadOnlyMemory<byte> record,
        CancellationToken cancel
    ) =>
        _writers
            .GetOrAdd(
                (kind, to),
                key => new MessageWriter(
                    MessageFrame.Of(key.Kind, _config),
                    _outbox.QueueOf(key.Kind).Config,
                    (m, n, c) => TakeAsync(key.Kind, m, n, c)
                )
            )
            .AddAsync(record, cancel);

    /// <summary>Queues all that was begun, oldest month first.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        foreach (var (_, writer) in _writers.OrderBy(w => w.Key.To).ThenBy(w => w.Key.Kind))
        {
            await writer.FlushAsync(cancel);
        }

        await _gate.WaitAsync(cancel);
        try
        {
            await EnqueueFullAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values)
        {
            writer.Dispose();
        }

        _gate.Dispose();
    }

    private async Task TakeAsync(RecordKind kind, ReadOnlyMemory<byte> text, int records, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            // Before the message is taken, so that one that fails here is not taken and may come again.
            if (_full.Count == MaxFull || _full.Sum(m => m.Text.Length) + text.Length > MaxFullBytes)
            {
                await EnqueueFullAsync(cancel);
            }

            _full.Add(
                new MessageDraft
                {
                    Kind = kind,
                    Run = _run,
                    Records = records,
                    Text = text.ToArray(),
                }
            );
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task EnqueueFullAsync(CancellationToken cancel)
    {
        foreach (var messages in _full.GroupBy(m => _outbox.QueueOf(m.Kind)).ToList())
        {
            if (_run is not null)
            {
                await messages.Key.EnqueueAsync([.. messages], cancel);
            }

            _messages += messages.Count();
            _full.RemoveAll(m => _outbox.QueueOf(m.Kind) == messages.Key);
        }
    }
}
