using System.Text;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Tests.Faults;

/// <summary>What the accounting repository makes of messages, loaded in order.</summary>
internal sealed class Repository
{
    private readonly Dictionary<string, MessageRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _newest = new(StringComparer.Ordinal);

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
    public IEnumerable<string> Outdated => _newest.Where(k => Age(_records[k.Key]) != k.Value).Select(k => k.Key);

    /// <summary>
    /// The last record of each key, but for these fields and the time of its making. Counts of 0 are left out: there may
    /// have been no need to tell them.
    /// </summary>
    public IEnumerable<string> Texts(params string[] without) =>
        _records
            .Where(r => !IsNothing(r.Value) && !r.Key.Contains(Hostile.Id, StringComparison.Ordinal))
            .Select(r =>
                $"{r.Key.Split(' ')[0]}\n"
                + string.Join(
                    '\n',
                    r.Value.Fields.Where(f => f.Key != "CreateTime" && !without.Contains(f.Key))
                        .OrderBy(f => f.Key, StringComparer.Ordinal)
                        .Select(f => $"{f.Key}: {f.Value}")
                )
            )
            .Order(StringComparer.Ordinal);

    /// <summary>What there are records about, of one kind and VO.</summary>
    public IEnumerable<string> SubjectsOf(RecordKind kind, string vo) =>
        _records
            .Where(r =>
                r.Key.StartsWith($"{kind} ", StringComparison.Ordinal)
                && (r.Value.Fields.GetValueOrDefault("FQAN") ?? r.Value.Fields["Group"]) == vo
                && !IsNothing(r.Value)
            )
            // The key of addresses has the user's name, which may be missing.
            .Select(r => kind is RecordKind.Ip ? r.Value.Fields["LocalUser"] + r.Value.Fields["IPVersion"] : r.Key);

    private void Add(string key, MessageRecord record)
    {
        _records[key] = record;
        _newest[key] = Max(Age(record), _newest.GetValueOrDefault(key, ""));
    }

    /// <summary>Says no more than no record would.</summary>
    private static bool IsNothing(MessageRecord record) => record.Fields.GetValueOrDefault("IPCount") == "0";

    /// <summary>What grows from one record of a key to the next, as text that can be compared.</summary>
    private static string Age(MessageRecord record)
    {
        string[] growing = ["WallDuration", "AvailableDuration", "MeasurementTime", "EndTime"];
        var field = growing.First(record.Fields.ContainsKey);
        return record.Fields[field].PadLeft(24, '0');
    }

    private static string Max(string one, string other) => string.CompareOrdinal(one, other) > 0 ? one : other;
}
