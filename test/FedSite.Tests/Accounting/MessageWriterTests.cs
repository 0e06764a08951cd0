using System.Text;
using System.Text.Json;
using FedSite.Accounting;
using FedSite.Configuration;

namespace FedSite.Tests.Accounting;

public sealed class MessageWriterTests
{
    [Fact]
    public async Task A_message_that_could_not_be_handed_over_takes_records_and_is_tried_again()
    {
        var sent = new List<string>();
        var full = true;
        using var writer = new MessageWriter(
            MessageFrame.Of(RecordKind.Accelerator, new AccountingConfig()),
            new QueueConfig { Topic = "t", Spool = "s" },
            (text, _, _) =>
            {
                if (full)
                    throw new IOException("No space left on device");
                sent.Add(Encoding.ASCII.GetString(text.Span));
                return Task.CompletedTask;
            }
        );
        var record = """{"SiteName": "A"}"""u8.ToArray();
        await writer.AddAsync(record, CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => writer.FlushAsync(CancellationToken.None));

        full = false;
        await writer.AddAsync(record, CancellationToken.None);
        await writer.FlushAsync(CancellationToken.None);

        using var message = JsonDocument.Parse(Assert.Single(sent));
        Assert.Equal(2, message.RootElement.GetProperty("UsageRecords").GetArrayLength());
    }
}
