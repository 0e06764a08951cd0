using FedSite.Configuration;
using FedSite.Messages;
using FedSite.State;

namespace FedSite.Tests.Messages;

public sealed class JournalTests : IDisposable
{
    private const string Name = "6a5b1c40/6a5b1c6d0f2a31";
    private readonly string _folder = Directory.CreateTempSubdirectory("journal").FullName;

    [Fact]
    public void A_message_that_was_sent_before_it_was_noted_stays_sent()
    {
        var journal = new Journal(StateDatabase.Open(_folder), "cloud", TimeProvider.System);
        var sent = new Outbound(Name, null, null, null, Bytes: 4, Records: 1, "");
        journal.Attempting([sent], DateTimeOffset.UnixEpoch);
        journal.Sent([sent], ["1"]);

        journal.Queued(
            [Name],
            [
                new MessageDraft
                {
                    Kind = RecordKind.Cloud,
                    Run = 7,
                    Records = 1,
                    Text = "text"u8.ToArray(),
                },
            ]
        );

        Assert.Equal((MessageState.Sent, 7L), (journal.Find(Name)!.State, journal.Find(Name)!.Run));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
