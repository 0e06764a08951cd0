using System.Text.Json;
using System.Text.Json.Serialization;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.State;
using Microsoft.Data.Sqlite;

namespace FedSite.Accounting;

/// <summary>What was found in a set of message files.</summary>
/// <param name="Files">Number of messages.</param>
/// <param name="Records">Number of records, repeated ones too.</param>
/// <param name="Faults">Files that are no messages, and records that the repository can't use: where and why.</param>
public sealed record IndexedFiles(int Files, long Records, IReadOnlyList<string> Faults);

/// <summary>A record of an index.</summary>
/// <param name="Side">Number of the set that holds it.</param>
internal sealed record IndexedRecord(RecordKind Kind, string Key, int Side, byte[] Text)
{
    /// <summary>Names and values as on the wire, less those that the index leaves out.</summary>
    public IReadOnlyDictionary<string, string> Fields =>
        JsonSerializer.Deserialize(Text, RecordIndexJson.Default.DictionaryStringString)!;
}

/// <summary>
/// The records of sets of message files, of each key the last one, as the repository takes it. They are in a database of
/// their own, so that memory does not grow with them.
/// </summary>
public sealed class RecordIndex : IDisposable
{
    private const string Columns = "kind, key, side, fields";

    private readonly SqliteConnection _database;
    private readonly SqliteCommand _insert;
    private readonly IReadOnlySet<string> _ignored;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <param name="ignored">Names of fields that are left out.</param>
    public RecordIndex(IReadOnlySet<string>? ignored = null)
    {
        _ignored = ignored ?? new HashSet<string>();
        // No name: a file of SQLite's own in TMPDIR, which only this process can see, and which ends with it.
        _database = new SqliteConnection("Data Source=;Pooling=False");
        _database.Open();
        _database.Execute(
            """
            pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -32768;
            create table record (kind integer, key text, side integer, month text, fields blob);
            begin
            """
        );
        _insert = _database.CreateCommand();
        _insert.CommandText = "insert into record values ($kind, $key, $side, $month, $fields)";
        foreach (var name in (string[])["$kind", "$key", "$side", "$month", "$fields"])
        {
            _insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
    }

    /// <summary>Names of ignored fields that some record had.</summary>
    public IReadOnlySet<string> IgnoredFields => _seen;

    /// <summary>Adds a set of message files.</summary>
    /// <param name="files">In the order in which the repository gets them.</param>
    /// <param name="side">Number of the set, from 0 on.</param>
    /// <param name="only">Only records of this kind; null: of all.</param>
    /// <param name="advance">Called for each file.</param>
    /// <exception cref="FedSiteException">The temporary files can't be written.</exception>
    public async Task<IndexedFiles> AddAsync(
        IEnumerable<string> files,
        int side,
        RecordKind? only,
        Action advance,
        CancellationToken cancellationToken
    )
    {
        var (messages, records, faults) = (0, 0L, new List<string>());
        foreach (var file in files)
        {
            advance();
            var content = await ReadAsync(file, faults, cancellationToken);
            if (content?.Kind is not { } kind || (only is not null && kind != only))
            {
                continue;
            }

            messages++;
            records += content.Records.Count;
            foreach (var (number, record) in content.Records.Index())
            {
                if (record.Fault is { } fault)
                {
                    faults.Add($"record {number + 1} of {file} is incomplete: {fault}");
                }

                Guard(() => Add(side, kind, record));
            }
        }

        return new IndexedFiles(messages, records, faults);
    }

    /// <summary>The newest month (<c>yyyy-MM</c>) that any record is of; null: there is none.</summary>
    internal string? NewestMonth() =>
        Guard(() =>
            _database
                .Query("select max(month) from record", row => row.IsDBNull(0) ? null : row.GetString(0))
                .SingleOrDefault()
        );

    /// <summary>The record of this key in the first set; null: there is none.</summary>
    internal IndexedRecord? Find(RecordKind kind, string key) =>
        Guard(() =>
            _database
                .Query(
                    $"""
                    select {Columns} from record where kind = $kind and key = $key and side = 0
                    order by rowid desc limit 1
                    """,
                    Read,
                    ("$kind", (int)kind),
                    ("$key", key)
                )
                .SingleOrDefault()
        );

    /// <summary>All records by kind, key and side. None can be added any more.</summary>
    internal IEnumerable<IndexedRecord> Read(RecordKind? only, CancellationToken cancellationToken)
    {
        Guard(() => _database.Execute("create index if not exists by_key on record (kind, key, side)"));
        using var command = _database.CreateCommand();
        // Beside max(), SQLite takes the other columns from the row that holds it.
        command.CommandText = $"""
            select {Columns}, max(rowid) from record where $kind is null or kind = $kind
            group by kind, key, side order by kind, key, side
            """;
        command.Parameters.AddWithValue("$kind", only is { } kind ? (int)kind : DBNull.Value);
        using var reader = Guard(command.ExecuteReader);
        while (Guard(reader.Read))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Read(reader);
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _database.Dispose();
    }

    private static async Task<MessageContent?> ReadAsync(string file, List<string> faults, CancellationToken cancel)
    {
        try
        {
            var content = await MessageFiles.ReadAsync(file, cancel);
            if (content.Kind is null)
            {
                faults.Add($"{file} is no usage message ({(content.Type.Length > 0 ? content.Type : "empty")})");
            }

            return content;
        }
        catch (FedSiteException e)
        {
            faults.Add(e.Message);
            return null;
        }
    }

    private int Add(int side, RecordKind kind, MessageRecord record)
    {
        if (record.Key is null)
        {
            return 0;
        }

        _fields.Clear();
        foreach (var (name, value) in record.Fields)
        {
            if (_ignored.Contains(name))
            {
                _seen.Add(name);
            }
            else
            {
                _fields[name] = value;
            }
        }

        _insert.Parameters[0].Value = (int)kind;
        _insert.Parameters[1].Value = record.Key;
        _insert.Parameters[2].Value = side;
        _insert.Parameters[3].Value = (object?)MonthOf(kind, record) ?? DBNull.Value;
        _insert.Parameters[4].Value = JsonSerializer.SerializeToUtf8Bytes(
            _fields,
            RecordIndexJson.Default.SortedDictionaryStringString
        );
        return _insert.ExecuteNonQuery();
    }

    private static string? MonthOf(RecordKind kind, MessageRecord record)
    {
        var month = kind switch
        {
            RecordKind.Accelerator =>
                $"{record.Fields["MeasurementYear"]}-{record.Fields["MeasurementMonth"].PadLeft(2, '0')}",
            // A measurement of a day ends with the first second of the next.
            RecordKind.Storage => WireTime.Parse(record.Fields.GetValueOrDefault("EndTime")) is { } end
                ? CalendarMonths.Word(end.AddTicks(-1))
                : null,
            _ => record.Key![^7..],
        };
        return month is not null && CalendarMonths.Month(month) is not null ? month : null;
    }

    private static IndexedRecord Read(SqliteDataReader row) =>
        new((RecordKind)row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<byte[]>(3));

    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            throw new FedSiteException(
                $"The records can't be sorted in a temporary file: {e.Message}",
                "Is there room? Variable TMPDIR names another folder for it.",
                inner: e
            );
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class RecordIndexJson : JsonSerializerContext;
