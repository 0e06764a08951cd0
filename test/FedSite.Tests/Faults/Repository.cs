using System.Globalization;
using System.Text;
using FedSite.Messages;

namespace FedSite.Tests.Faults;

/// <summary>What the accounting repository makes of messages, loaded in order.</summary>
internal sealed class Repository
{
    private readonly Dictionary<string, MessageRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _longest = new(StringComparer.Ordinal);

    public static Repository Load(IEnumerable<string> texts)
    {
        var repository = new Repository();
        foreach (var text in texts)
        {
            var content = MessageContent.Parse(Encoding.ASCII.GetBytes(text));
            Assert.NotEmpty(content.Records);
            foreach (var record in content.Records)
            {
                repository.Add($"{content.Kind} {record.Key}", record);
            }
        }
        return repository;
    }

    /// <summary>Keys of records that are older than one of the same key that came before; there should be none.</summary>
    public IEnumerable<string> Outdated => _longest.Where(k => Duration(_records[k.Key]) < k.Value).Select(k => k.Key);

    /// <summary>The last record of each key, as on the wire, but for these fields.</summary>
    public SortedDictionary<string, string> Texts(params string[] without) =>
        new(
            _records.ToDictionary(
                r => r.Key,
                r =>
                    string.Join(
                        '\n',
                        r.Value.Fields.Where(f => !without.Contains(f.Key))
                            .OrderBy(f => f.Key, StringComparer.Ordinal)
                            .Select(f => $"{f.Key}: {f.Value}")
                    )
            ),
            StringComparer.Ordinal
        );

    /// <summary>Keys of the records of one VO.</summary>
    public IEnumerable<string> KeysOf(string vo) => _records.Where(r => r.Value.Fields["FQAN"] == vo).Select(r => r.Key);

    private void Add(string key, MessageRecord record)
    {
        _records[key] = record;
        _longest[key] = Math.Max(Duration(record), _longest.GetValueOrDefault(key));
    }

    private static long Duration(MessageRecord record) =>
        long.Parse(
            record.Fields.GetValueOrDefault("WallDuration") ?? record.Fields["AvailableDuration"],
            CultureInfo.InvariantCulture
        );
}
