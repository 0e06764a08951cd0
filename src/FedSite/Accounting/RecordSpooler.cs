using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>The messages that a run is filling, one for each kind and month, on their way to the spool.</summary>
internal sealed class RecordSpooler : IDisposable
{
    private readonly Outbox _outbox;
    private readonly AccountingConfig _config;
    private readonly long? _run;
    private readonly ConcurrentDictionary<(RecordKind Kind, DateTimeOffset To), MessageWriter> _writers = new();
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
                    (m, n, c) => SendAsync(key.Kind, m, n, c)
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
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values)
        {
            writer.Dispose();
        }
    }

    private async Task SendAsync(RecordKind kind, ReadOnlyMemory<byte> text, int records, CancellationToken cancel)
    {
        if (_run is not null)
        {
            await _outbox
                .QueueOf(kind)
                .EnqueueAsync(
                    new MessageDraft
                    {
                        Kind = kind,
                        Run = _run,
                        Records = records,
                        Text = text,
                    },
                    cancel
                );
        }

        Interlocked.Increment(ref _messages);
    }
}
