using Microsoft.Data.Sqlite;

namespace FedSite.State;

/// <summary>The state folder can't be used as it must be.</summary>
public sealed class StateException : FedSiteException
{
    // Of SQLite: https://sqlite.org/rescode.html
    private const int Busy = 5;
    private const int SqliteReadOnly = 8;
    private const int Damaged = 11;
    private const int Full = 13;
    private const int CantOpen = 14;
    private const int NoDatabase = 26;

    // Of Linux: errno.h
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int QuotaExceeded = 122;

    private StateException(string message, string nextStep, Exception inner)
        : base(message, nextStep, ExitCode.Failed, inner) { }

    /// <summary>Explains a failed operation on a file of the state folder.</summary>
    internal static StateException From(Exception failure, string file)
    {
        var (what, nextStep) = failure switch
        {
            SqliteException { SqliteErrorCode: Full } or IOException { HResult: NoSpace or QuotaExceeded } => (
                "is on a full disk",
                "Free some space and run the command again: it goes on where the state ends."
            ),
            IOException { HResult: ReadOnly } => (
                "is on a file system mounted read-only",
                "Mount it writable, or choose another folder: key `state` of site.yaml."
            ),
            SqliteException { SqliteErrorCode: SqliteReadOnly } => (
                "can't be written",
                "It belongs to another account, or its file system is mounted read-only. Run as that account, or choose another folder: "
                    + "key `state` of site.yaml."
            ),
            UnauthorizedAccessException => (
                "is not writable",
                "Give the account that runs fedsite a writable folder: key `state` of site.yaml."
            ),
            // What is the matter with the file or those beside it, SQLite does not say.
            SqliteException { SqliteErrorCode: CantOpen } => (
                "can't be opened",
                "Is its file system mounted read-only, or full, or closed to the account that runs fedsite? It needs a writable "
                    + "folder: key `state` of site.yaml."
            ),
            SqliteException { SqliteErrorCode: Busy } => (
                "is in use by another program",
                "Let that one end, then run the command again."
            ),
            SqliteException { SqliteErrorCode: Damaged or NoDatabase } => (
                "is damaged",
                "Move it away: the next run begins with a new one, at the start of the month. What was before needs --from."
            ),
            _ => (
                "can't be used",
                "Check the folder, and that its disk is in order and has space left: key `state` of site.yaml."
            ),
        };
        return new StateException($"The state file {file} {what}: {failure.Message}", nextStep, failure);
    }
}
