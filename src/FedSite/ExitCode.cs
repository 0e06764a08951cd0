namespace FedSite;

/// <summary>Exit codes of the program. Scripts rely on them, so a number never changes its meaning.</summary>
public enum ExitCode
{
    /// <summary>All that was asked for is done.</summary>
    Done = 0,

    /// <summary>Nothing, or not enough, was done.</summary>
    Failed = 1,

    /// <summary>Wrong options or a wrong configuration; nothing was tried.</summary>
    Usage = 2,

    /// <summary>A part failed; the rest is delivered.</summary>
    Partly = 3,

    /// <summary>A command that plans or compares found differences.</summary>
    Differences = 4,

    /// <summary>Ended by Ctrl-C or SIGTERM.</summary>
    Interrupted = 130,
}
