namespace FedSite.Information.Documents;

/// <summary>Servers as the document counts them.</summary>
internal readonly record struct ServerTotals(long Total, long Running, long Suspended, long Halted)
{
    /// <summary>States in which a guest runs, or does but for a moment.</summary>
    private static readonly string[] RunningStates =
    [
        "ACTIVE",
        "HARD_REBOOT",
        "MIGRATING",
        "PASSWORD",
        "REBOOT",
        "RESCUE",
        "RESIZE",
        "REVERT_RESIZE",
        "VERIFY_RESIZE",
    ];

    /// <summary>
    /// By Nova's states. Those that neither run, nor are suspended or halted (<c>ERROR</c>, <c>BUILD</c>), are in the
    /// total alone.
    /// </summary>
    public static ServerTotals Of(IReadOnlyDictionary<string, long> states) =>
        new(
            states.Values.Sum(),
            Sum(states, RunningStates),
            Sum(states, "SUSPENDED", "PAUSED"),
            Sum(states, "SHUTOFF", "SHELVED", "SHELVED_OFFLOADED")
        );

    /// <summary>As cloud-info-provider counts: whatever is neither shut off nor suspended runs.</summary>
    public static ServerTotals Like12(IReadOnlyDictionary<string, long> states)
    {
        var total = states.Values.Sum();
        var suspended = Sum(states, "SUSPENDED");
        var halted = Sum(states, "SHUTOFF");
        return new ServerTotals(total, total - suspended - halted, suspended, halted);
    }

    public static ServerTotals operator +(ServerTotals a, ServerTotals b) =>
        new(a.Total + b.Total, a.Running + b.Running, a.Suspended + b.Suspended, a.Halted + b.Halted);

    private static long Sum(IReadOnlyDictionary<string, long> states, params ReadOnlySpan<string> names)
    {
        long sum = 0;
        foreach (var name in names)
            sum += states.GetValueOrDefault(name);
        return sum;
    }
}
