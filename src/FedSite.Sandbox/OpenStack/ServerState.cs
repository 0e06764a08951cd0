namespace FedSite.Sandbox.OpenStack;

/// <summary>The states behind a server's status.</summary>
internal sealed record ServerState(string Vm, int Power, string? Task = null)
{
    private static readonly Dictionary<string, ServerState> Known = new(StringComparer.Ordinal)
    {
        ["ACTIVE"] = new("active", 1),
        ["BUILD"] = new("building", 0, "scheduling"),
        ["DELETED"] = new("deleted", 0),
        ["ERROR"] = new("error", 0),
        ["HARD_REBOOT"] = new("active", 1, "rebooting_hard"),
        ["MIGRATING"] = new("active", 1, "migrating"),
        ["PASSWORD"] = new("active", 1, "updating_password"),
        ["PAUSED"] = new("paused", 3),
        ["REBOOT"] = new("active", 1, "rebooting"),
        ["REBUILD"] = new("active", 1, "rebuilding"),
        ["RESCUE"] = new("rescued", 1),
        ["RESIZE"] = new("active", 1, "resize_migrating"),
        ["REVERT_RESIZE"] = new("resized", 1, "resize_reverting"),
        ["SHELVED"] = new("shelved", 4),
        ["SHELVED_OFFLOADED"] = new("shelved_offloaded", 4),
        ["SHUTOFF"] = new("stopped", 4),
        ["SOFT_DELETED"] = new("soft-delete", 4),
        ["SUSPENDED"] = new("suspended", 4),
        ["VERIFY_RESIZE"] = new("resized", 1),
    };

    private static readonly ServerState Unknown = new("unknown", 0);

    public static ServerState Of(string status) => Known.GetValueOrDefault(status, Unknown);

    /// <summary>True when Nova knows servers of such a status.</summary>
    public static bool IsKnown(string status) => Known.ContainsKey(status);

    public bool Offloaded => Vm == "shelved_offloaded";

    public bool ShowsProgress => Vm is "active" or "building" or "resized" or "rescued";
}
