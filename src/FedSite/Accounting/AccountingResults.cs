using FedSite.Configuration;

namespace FedSite.Accounting;

/// <summary>What a window belongs to.</summary>
public sealed record WindowKey(string Site, string Region, string Service, string Project, string Kind);

/// <summary>A window whose messages are all in the spool.</summary>
/// <param name="To">Its end.</param>
/// <param name="Counts">Public addresses that were reported in it.</param>
public sealed record FinishedWindow(WindowKey Key, DateTimeOffset To, IReadOnlyCollection<IpCount> Counts);

/// <summary>How many public addresses somebody was reported to hold.</summary>
/// <param name="Owner">User id, or the project's.</param>
/// <param name="Name">Name of the owner.</param>
/// <param name="Version">IP version, 4 or 6.</param>
/// <param name="Count">Number of addresses.</param>
/// <param name="Measured">When.</param>
public sealed record IpCount(string Owner, string Name, int Version, int Count, DateTimeOffset Measured);

/// <summary>An object of OpenStack that gave no valid record.</summary>
public sealed record QuarantinedObject
{
    /// <summary>Project id.</summary>
    public required string Project { get; init; }

    /// <summary>Word of the kind of record that it should have given.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the server, address or volume, as far as it is known.</summary>
    public required string Object { get; init; }
    public required string Reason { get; init; }

    /// <summary>The JSON that OpenStack sent.</summary>
    public required string Raw { get; init; }
}

/// <summary>What a run did for one project and kind.</summary>
public sealed record ProjectResult
{
    /// <summary>Project id.</summary>
    public required string Project { get; init; }
    public required string Name { get; init; }
    public required string Vo { get; init; }
    public required RecordKind Kind { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public long Records { get; init; }
    public long Quarantined { get; init; }

    /// <summary>Why the project's window stays open; null when it ended well.</summary>
    public string? Error { get; init; }
}

/// <summary>What the user asked for.</summary>
public sealed record ExtractionRequest
{
    /// <summary>Start of the window; null: where the last good window ended.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the window; null: now.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only these projects (id, name or name@domain); empty: all that are accounted.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Only these kinds; empty: those of the configuration.</summary>
    public IReadOnlyList<RecordKind> Kinds { get; init; } = [];

    /// <summary>Read and build everything, queue and remember nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>True when the window was given by hand: such a run never moves the normal state.</summary>
    public bool IsManual => From is not null || To is not null;
}

/// <summary>What a run did.</summary>
public sealed record ExtractionResult
{
    /// <summary>Number of the run; null for a dry run.</summary>
    public long? Run { get; init; }
    public required IReadOnlyList<ProjectResult> Projects { get; init; }

    /// <summary>Projects that are to be read. None: this site accounts nothing, which nobody wants.</summary>
    public required int Accounted { get; init; }

    /// <summary>Projects that are marked for accounting and can't be accounted, with the reason.</summary>
    public required IReadOnlyList<ProjectChoice> Missing { get; init; }

    /// <summary>Messages put into the spool (in a dry run: that would have been).</summary>
    public int Messages { get; init; }

    /// <summary>Requests to OpenStack.</summary>
    public long Requests { get; init; }

    public ExitCode ExitCode
    {
        get
        {
            var failed = Projects.Count(p => p.Error is not null);
            if (Accounted == 0 || (failed > 0 && failed == Projects.Count))
            {
                return ExitCode.Failed;
            }

            return failed > 0 || Missing.Count > 0 || Projects.Any(p => p.Quarantined > 0)
                ? ExitCode.Partly
                : ExitCode.Done;
        }
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Projects done.</param>
/// <param name="Total">Projects in all.</param>
/// <param name="Records">Records made.</param>
public readonly record struct ExtractionProgress(int Done, int Total, long Records);

/// <summary>Whether a project is accounted, for which VO, and why or why not.</summary>
public sealed record ProjectChoice
{
    /// <summary>Project id; null when a project named in the configuration was not found.</summary>
    public string? Id { get; init; }
    public required string Name { get; init; }
    public string? Vo { get; init; }
    public required bool Accounted { get; init; }

    /// <summary>Why, or why not, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>True when somebody marked the project for accounting and it can't be accounted.</summary>
    public bool IsFault { get; init; }
}
