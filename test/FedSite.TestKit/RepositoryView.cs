using System.Text;
using FedSite.Messages;

namespace FedSite.TestKit;

/// <summary>What the accounting repository holds after it has loaded messages in order: the last record of each key.</summary>
public static class RepositoryView
{
    public static IReadOnlyDictionary<string, MessageRecord> Load(IEnumerable<string> texts)
    {
        var records = new Dictionary<string, MessageRecord>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var record in MessageContent.Parse(Encoding.ASCII.GetBytes(text)).Records)
            {
                records[record.Key ?? throw new InvalidDataException($"A record without a key: {record.Text}")] =
                    record;
            }
        }

        return records;
    }
}
