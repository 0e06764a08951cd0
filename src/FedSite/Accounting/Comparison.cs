using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>How many records of a kind are in one set only, in both and different, or in both and equal.</summary>
public sealed record ComparedKind(RecordKind Kind, long OnlyA, long OnlyB, long Different, long Equal);

/// <summary>A field that two records of one key do not agree in; null: it is absent.</summary>
public sealed record FieldDifference(string Field, string? A, string? B);

/// <summary>A record that is in one set only, or differs.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">What the repository knows it by.</param>
/// <param name="InA">The first set has it.</param>
/// <param name="InB">The second set has it.</param>
/// <param name="Fields">Of one in both: fields that differ, by name.</param>
public sealed record RecordDifference(
    RecordKind Kind,
    string Key,
    bool InA,
    bool InB,
    IReadOnlyList<FieldDifference> Fields
);

/// <summary>Compares the first two sets of an index, record by record and field by field.</summary>
public sealed class Comparison(RecordIndex index, RecordKind? only)
{
    /// <summary>Fields that are left out by default: random, or the time of the run.</summary>
    public static IReadOnlyList<string> RunFields { get; } = ["uuid", "CreateTime"];

    /// <summary>One line for each kind that occurs.</summary>
    public IReadOnlyList<ComparedKind> Count(CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<RecordKind, ComparedKind>();
        foreach (var (a, b) in Pairs(cancellationToken))
        {
            var kind = (a ?? b)!.Kind;
            var count = counts.GetValueOrDefault(kind) ?? new ComparedKind(kind, 0, 0, 0, 0);
            counts[kind] =
                b is null ? count with { OnlyA = count.OnlyA + 1 }
                : a is null ? count with { OnlyB = count.OnlyB + 1 }
                : FieldsOf(a, b).Count > 0 ? count with { Different = count.Different + 1 }
                : count with { Equal = count.Equal + 1 };
        }

        return [.. counts.Values];
    }

    /// <summary>All differences by kind and key, found while they are asked for.</summary>
    public IEnumerable<RecordDifference> Differences(CancellationToken cancellationToken)
    {
        foreach (var (a, b) in Pairs(cancellationToken))
        {
            var fields = a is not null && b is not null ? FieldsOf(a, b) : [];
            if (a is null || b is null || fields.Count > 0)
            {
                yield return new RecordDifference((a ?? b)!.Kind, (a ?? b)!.Key, a is not null, b is not null, fields);
            }
        }
    }

    private IEnumerable<(IndexedRecord? A, IndexedRecord? B)> Pairs(CancellationToken cancellationToken)
    {
        IndexedRecord? waiting = null;
        foreach (var record in index.Read(only, cancellationToken))
        {
            if (waiting is not null && (waiting.Kind, waiting.Key) == (record.Kind, record.Key))
            {
                yield return (waiting, record);
                waiting = null;
                continue;
            }

            if (waiting is not null)
            {
                yield return Alone(waiting);
            }

            waiting = record;
        }

        if (waiting is not null)
        {
            yield return Alone(waiting);
        }
    }

    private static (IndexedRecord? A, IndexedRecord? B) Alone(IndexedRecord record) =>
        record.Side == 0 ? (record, null) : (null, record);

    private static List<FieldDifference> FieldsOf(IndexedRecord a, IndexedRecord b)
    {
        if (a.Text.AsSpan().SequenceEqual(b.Text))
        {
            return [];
        }

        var (fieldsA, fieldsB) = (a.Fields, b.Fields);
        return
        [
            .. fieldsA
                .Keys.Union(fieldsB.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => new FieldDifference(name, Value(fieldsA, name), Value(fieldsB, name)))
                .Where(field =>
                    field.A is null || field.B is null
                        ? field.A != field.B
                        : !RecordFields.AreSame(field.Field, field.A, field.B)
                ),
        ];
    }

    /// <summary>The repository takes an empty field for an absent one.</summary>
    private static string? Value(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
