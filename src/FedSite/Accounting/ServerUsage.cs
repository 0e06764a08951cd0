using FedSite.OpenStack.Compute;

namespace FedSite.Accounting;

/// <summary>When a server lived, and in which state a record reports it.</summary>
/// <param name="Start">Nova's <c>created</c>: <c>launched_at</c> moves with every resize.</param>
/// <param name="End">When it ceased to exist; null while it lives.</param>
internal readonly record struct ServerUsage(DateTimeOffset Start, DateTimeOffset? End)
{
    /// <summary>
    /// A server that was never launched has used nothing: it ends when it was created. One that Nova deleted without
    /// noting when ends at its last change.
    /// </summary>
    public static ServerUsage Of(Server server)
    {
        var end = server.TerminatedAt;
        if (end is null && server.LaunchedAt is null)
        {
            end = server.Created;
        }
        else if (end is null && server.Status is "DELETED")
        {
            end = server.Updated;
        }

        return new ServerUsage(server.Created, end < server.Created ? server.Created : end);
    }

    /// <summary>True when the server existed for at least a second of the window.</summary>
    public bool Touches(UsageWindow window) => Start < window.To && (End is null || End >= window.From);

    /// <summary>The end as seen at the window's end: later things have not happened yet.</summary>
    public DateTimeOffset? EndIn(UsageWindow window) => End <= window.To ? End : null;

    /// <summary>Seconds from creation to the end, or to the end of the window; at least 1, as the repository refuses 0.</summary>
    public long WallSeconds(UsageWindow window) =>
        Math.Max(1, (long)((EndIn(window) ?? window.To) - Start).TotalSeconds);

    /// <summary>Seconds of the window's month in which the server existed, up to the window's end.</summary>
    public long SecondsInMonth(UsageWindow window)
    {
        var month = UsageWindow.MonthStart(window.From);
        var from = Start > month ? Start : month;
        var to = EndIn(window) ?? window.To;
        return Math.Max(0, (long)(to - from).TotalSeconds);
    }

    /// <summary>Status word of the record. <c>completed</c> only stands together with an end.</summary>
    /// <param name="server">The server.</param>
    /// <param name="window">As it was at this window's end.</param>
    /// <param name="likeCaso">cASO knows no word for shelved servers.</param>
    public string Status(Server server, UsageWindow window, bool likeCaso)
    {
        var status = likeCaso && server.Status is ("SHELVED" or "SHELVED_OFFLOADED") ? "unknown" : Word(server.Status);
        return status is "completed" && EndIn(window) is null ? "started" : status;
    }

    private static string Word(string status) =>
        status switch
        {
            "ACTIVE" or "BUILD" or "CONFIRMING_RESIZE" or "HARD_REBOOT" or "MIGRATING" or "PASSWORD" or "REBOOT" =>
                "started",
            "REBUILD" or "RESCUE" or "RESIZE" or "REVERT_RESIZE" or "VERIFY_RESIZE" or "SAVING" => "started",
            "DELETED" or "TERMINATED" or "SHUTOFF" => "completed",
            "PAUSED" => "paused",
            "SUSPENDED" or "SHELVED" or "SHELVED_OFFLOADED" => "suspended",
            "STOPPED" => "stopped",
            "ERROR" => "error",
            _ => "unknown",
        };
}
