using FedSite.Grid;

namespace FedSite.Messages;

/// <summary>
/// Reads a list of queued messages in their order and makes them ready in batches of a limited size, several messages at
/// a time. Changes nothing.
/// </summary>
internal sealed class OutboundReader(
    Spool spool,
    IReadOnlyList<string> names,
    HostCredential credential,
    TimeProvider time
)
{
    private const int MaxMessages = 100;

    // With messages near 1 MB batches gain nothing, and proxies limit what they take.
    private const int MaxTextBytes = 600_000;

    private int _next;

    /// <summary>How many messages have been read.</summary>
    public int Position => _next;

    /// <summary>The next messages; none: all were read. A message that went away meanwhile is left out.</summary>
    /// <exception cref="FedSiteException">The certificate has expired meanwhile.</exception>
    public Task<IReadOnlyList<Outbound>> ReadAsync(CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<Outbound>>(
            () =>
            {
                // Once here, so that a message's own failure to be signed is the message's fault.
                credential.CheckValidity(time.GetUtcNow());
                var texts = ReadTexts(cancellationToken);
                var ready = new Outbound[texts.Count];
                Parallel.For(
                    0,
                    texts.Count,
                    new ParallelOptions { CancellationToken = cancellationToken },
                    i => ready[i] = Outbound.Prepare(texts[i].Name, texts[i].Text, credential, time)
                );
                return ready;
            },
            cancellationToken
        );

    private List<(string Name, byte[] Text)> ReadTexts(CancellationToken cancellationToken)
    {
        var texts = new List<(string, byte[])>();
        var bytes = 0L;
        for (; _next < names.Count && texts.Count < MaxMessages; _next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += spool.SizeOf(names[_next]);
            if (bytes > MaxTextBytes && texts.Count > 0)
            {
                break;
            }

            if (spool.Read(names[_next]) is { } text)
            {
                texts.Add((names[_next], text));
            }
        }

        return texts;
    }
}
