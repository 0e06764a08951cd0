using System.Buffers;
using System.Text;
using FedSite.Configuration;

namespace FedSite.Accounting;

/// <summary>
/// Gathers records of one kind and month into messages and hands each over once it is full. Several projects write at
/// the same time.
/// </summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly MessageFrame _frame;
    private readonly QueueConfig _limits;
    private readonly Func<ReadOnlyMemory<byte>, int, CancellationToken, Task> _send;
    private readonly ArrayBufferWriter<byte> _message = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _records;

    /// <param name="frame">What stands around the records.</param>
    /// <param name="limits">Records and bytes of a message at most.</param>
    /// <param name="send">Takes a full message and its number of records; returns once it is safe.</param>
    public MessageWriter(
        MessageFrame frame,
        QueueConfig limits,
        Func<ReadOnlyMemory<byte>, int, CancellationToken, Task> send
    )
    {
        _frame = frame;
        _limits = limits;
        _send = send;
    }

    /// <summary>Adds one record, as it stands on the wire.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> record, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var grown = _message.WrittenCount + record.Length + _frame.Separator.Length + _frame.Footer.Length;
            if (
                _records > 0
                && (_records >= Math.Min(_limits.Records, RepositoryRules.MaxRecords) || grown > _limits.Bytes.Bytes)
            )
            {
                await FlushHeldAsync(cancel);
            }

            Encoding.ASCII.GetBytes(_records > 0 ? _frame.Separator : _frame.Header, _message);
            _message.Write(record.Span);
            _records++;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Hands over what is there.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            await FlushHeldAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task FlushHeldAsync(CancellationToken cancel)
    {
        if (_records == 0)
        {
            return;
        }

        // A copy, so that a message that could not be handed over can still take records and be tried again.
        ReadOnlyMemory<byte> text =
            _frame.Footer.Length > 0
                ? (byte[])[.. _message.WrittenSpan, .. Encoding.ASCII.GetBytes(_frame.Footer)]
                : _message.WrittenMemory;
        RepositoryRules.CheckMessage(text, _records);
        await _send(text, _records, cancel);
        _message.ResetWrittenCount();
        _records = 0;
    }
}
