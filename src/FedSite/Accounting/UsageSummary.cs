using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.Accounting;

/// <summary>What usage is summed up for.</summary>
public enum UsageGrouping
{
    Vo,
    Project,
    User,
}

/// <summary>
/// Usage of a month as repository and portal work it out from the records: of a machine, its last record of the month
/// less its last one of an earlier month, since records are cumulative.
/// </summary>
public sealed class UsageSummary
{
    private readonly RecordIndex _index;
    private readonly DateTimeOffset _start;
    private readonly SortedDictionary<string, UsageTotals> _groups = new(StringComparer.Ordinal);

    private UsageSummary(RecordIndex index, string month, UsageGrouping by)
    {
        (_index, Month, By) = (index, month, by);
        _start = CalendarMonths.Month(month)!.Value;
    }

    /// <summary>As <c>yyyy-MM</c>.</summary>
    public string Month { get; }
    public UsageGrouping By { get; }

    /// <summary>
    /// Machines older than the month, without a record of an earlier month: usage since the month's start was taken.
    /// </summary>
    public long Estimated { get; private set; }

    /// <summary>Usage by name of the group, the most elapsed time first; an empty name: not known.</summary>
    public IReadOnlyList<(string Name, UsageTotals Totals)> Groups =>
        [.. _groups.OrderByDescending(group => group.Value.WallSeconds).Select(group => (group.Key, group.Value))];

    public UsageTotals Total
    {
        get
        {
            var total = new UsageTotals();
            foreach (var group in _groups.Values)
            {
                total.Add(group);
            }

            return total;
        }
    }

    /// <summary>Sums up the records of the first set.</summary>
    /// <param name="index">Holds them.</param>
    /// <param name="month"><c>yyyy-MM</c>; null: the newest month that a record is of.</param>
    /// <param name="by">What for.</param>
    /// <returns>Null: there is no record.</returns>
    public static UsageSummary? Of(
        RecordIndex index,
        string? month,
        UsageGrouping by,
        CancellationToken cancellationToken
    )
    {
        if ((month ?? index.NewestMonth()) is not { } wanted || CalendarMonths.Month(wanted) is null)
        {
            return null;
        }

        var summary = new UsageSummary(index, wanted, by);
        summary.AddMachines(cancellationToken);
        summary.AddAccelerators(cancellationToken);
        summary.AddAddresses(cancellationToken);
        summary.AddStorage(cancellationToken);
        return summary;
    }

    private void AddMachines(CancellationToken cancellationToken)
    {
        // Keys are a machine and a month, so the months of a machine follow each other.
        (string Machine, IReadOnlyDictionary<string, string> Record)? earlier = null;
        foreach (var record in _index.Read(RecordKind.Cloud, cancellationToken))
        {
            var (machine, month) = (record.Key[..^8], record.Key[^7..]);
            var order = string.CompareOrdinal(month, Month);
            if (order == 0)
            {
                AddMachine(record.Fields, earlier?.Machine == machine ? earlier.Value.Record : null);
            }
            // A machine that has ended without saying when is booked in no month.
            else if (order < 0 && month != "0000-00")
            {
                earlier = (machine, record.Fields);
            }
        }
    }

    private void AddMachine(IReadOnlyDictionary<string, string> record, IReadOnlyDictionary<string, string>? earlier)
    {
        var wall = UsageTotals.Number(record, "WallDuration");
        var cpu = UsageTotals.Number(record, "CpuDuration");
        var group = GroupOf(record, "FQAN", "LocalGroupId", "LocalUserId");
        if (earlier is not null)
        {
            wall -= UsageTotals.Number(earlier, "WallDuration");
            cpu -= UsageTotals.Number(earlier, "CpuDuration");
        }
        else if (WireTime.Parse(record.GetValueOrDefault("StartTime")) is { } start && start < _start)
        {
            Estimated++;
            wall = Math.Max(0, wall - ((decimal)(_start - start).Ticks / TimeSpan.TicksPerSecond));
            cpu = wall * UsageTotals.Number(record, "CpuCount");
        }

        group.AddMachine(wall, cpu, record);
    }

    private void AddAccelerators(CancellationToken cancellationToken)
    {
        foreach (var record in _index.Read(RecordKind.Accelerator, cancellationToken))
        {
            var fields = record.Fields;
            if (
                UsageTotals.Number(fields, "MeasurementYear") == _start.Year
                && UsageTotals.Number(fields, "MeasurementMonth") == _start.Month
            )
            {
                GroupOfAccelerators(fields).AddAccelerators(fields);
            }
        }
    }

    /// <summary>The record knows neither project nor user id: its machine's does.</summary>
    private UsageTotals GroupOfAccelerators(IReadOnlyDictionary<string, string> fields)
    {
        var known = By == UsageGrouping.Vo || (By == UsageGrouping.User && fields.ContainsKey("GlobalUserName"));
        var machine = known
            ? null
            : _index.Find(RecordKind.Cloud, $"{fields.GetValueOrDefault("AssociatedRecord")} {Month}");
        return GroupOf(machine?.Fields ?? fields, "FQAN", "LocalGroupId", "LocalUserId");
    }

    private void AddAddresses(CancellationToken cancellationToken)
    {
        foreach (var record in _index.Read(RecordKind.Ip, cancellationToken))
        {
            if (record.Key.EndsWith(Month, StringComparison.Ordinal))
            {
                var fields = record.Fields;
                GroupOf(fields, "FQAN", "LocalGroup", "LocalUser").AddAddresses(fields);
            }
        }
    }

    private void AddStorage(CancellationToken cancellationToken)
    {
        var end = _start.AddMonths(1);
        foreach (var record in _index.Read(RecordKind.Storage, cancellationToken))
        {
            var fields = record.Fields;
            var from = WireTime.Parse(fields.GetValueOrDefault("StartTime"));
            var to = WireTime.Parse(fields.GetValueOrDefault("EndTime"));
            // What lies in other months is theirs.
            from = from < _start ? _start : from;
            to = to > end ? end : to;
            if (from < to)
            {
                GroupOf(fields, "Group", "LocalGroup", "LocalUser").AddStorage((to - from).Value, fields);
            }
        }
    }

    private UsageTotals GroupOf(IReadOnlyDictionary<string, string> record, string vo, string project, string user)
    {
        var name = By switch
        {
            UsageGrouping.Vo => VoOf(record.GetValueOrDefault(vo, "")),
            UsageGrouping.Project => record.GetValueOrDefault(project, ""),
            _ => record.GetValueOrDefault("GlobalUserName")
                ?? record.GetValueOrDefault("UserIdentity")
                ?? record.GetValueOrDefault(user, ""),
        };
        if (!_groups.TryGetValue(name, out var totals))
        {
            _groups[name] = totals = new UsageTotals();
        }

        return totals;
    }

    /// <summary>As the repository reads it: <c>/vo/group/Role=x;...</c>, or the VO alone.</summary>
    private static string VoOf(string fqan)
    {
        var first = fqan.Split(';')[0];
        return first.StartsWith('/') ? first[1..].Split('/')[0] : first;
    }
}
