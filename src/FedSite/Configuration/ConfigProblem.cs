using System.Globalization;

namespace FedSite.Configuration;

/// <summary>Something wrong, or doubtful, in a configuration file.</summary>
/// <param name="Severity">An error stops every command; a warning does not.</param>
/// <param name="File">The file as it was named by the user.</param>
/// <param name="Line">Counted from 1; 0 when the problem has no place.</param>
/// <param name="Column">Counted from 1; 0 when the problem has no place.</param>
/// <param name="Key">Path of the key, for instance <c>messaging.queues.cloud.records</c> or <c>vos[0].name</c>.</param>
/// <param name="Message">What is wrong and what to write instead. Never holds a value that may be secret.</param>
public sealed record ConfigProblem(
    ProblemSeverity Severity,
    string File,
    int Line,
    int Column,
    string? Key,
    string Message
)
{
    /// <summary><c>file:line:column: key: message</c>, which editors and terminals can jump to.</summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        return Key is null ? $"{place}: {Message}" : $"{place}: {Key}: {Message}";
    }
}

/// <summary>How bad a <see cref="ConfigProblem"/> is.</summary>
public enum ProblemSeverity
{
    Warning,
    Error,
}
