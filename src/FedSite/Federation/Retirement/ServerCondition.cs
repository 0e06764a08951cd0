using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Retirement;

/// <summary>A server, as stopping and deleting see it.</summary>
internal enum ServerCondition
{
    /// <summary>It can be stopped.</summary>
    Runs,

    /// <summary>It runs, but Nova does not stop it so.</summary>
    RunsOn,

    /// <summary>Something is done with it, or it is not known what.</summary>
    IsBetween,
    IsStopping,

    /// <summary>It is being deleted.</summary>
    IsLeaving,

    /// <summary>It uses no processor, as good as stopped.</summary>
    Rests,

    /// <summary>Neither: in error, paused.</summary>
    IsOut,
}

internal static class ServerConditions
{
    public static ServerCondition Of(Server server) =>
        (server.Status, server.TaskState) switch
        {
            (_, "powering-off") => ServerCondition.IsStopping,
            ("DELETED", _) or (_, "deleting" or "soft-deleting") => ServerCondition.IsLeaving,
            // Whatever it was that failed.
            ("ERROR", _) => ServerCondition.IsOut,
            ("ACTIVE", null) => ServerCondition.Runs,
            ("RESCUE" or "VERIFY_RESIZE", null) => ServerCondition.RunsOn,
            ("SHELVED" or "SHELVED_OFFLOADED" or "SHUTOFF" or "SUSPENDED", null) => ServerCondition.Rests,
            (
                "BUILD"
                    or "HARD_REBOOT"
                    or "MIGRATING"
                    or "PASSWORD"
                    or "REBOOT"
                    or "REBUILD"
                    or "RESIZE"
                    or "REVERT_RESIZE"
                    or "UNKNOWN",
                _
            ) => ServerCondition.IsBetween,
            (_, null) => ServerCondition.IsOut,
            _ => ServerCondition.IsBetween,
        };

    /// <summary>To follow its name.</summary>
    public static string Words(Server server)
    {
        var state = server.TaskState is { } task ? $"{server.Status} ({task})" : server.Status;
        return Of(server) switch
        {
            ServerCondition.Runs => $"is in state {state}",
            ServerCondition.RunsOn when server.Status == "RESCUE" =>
                $"is in state {state}, in which it can't be stopped: take it out of rescue first",
            ServerCondition.RunsOn =>
                $"is in state {state}, in which it can't be stopped: confirm or revert the resize first",
            ServerCondition.IsBetween => $"is in state {state}: it has to come to rest first",
            ServerCondition.IsStopping => "is being stopped",
            ServerCondition.IsLeaving => "is being deleted",
            _ => $"is in state {state}, in which it is left",
        };
    }
}
