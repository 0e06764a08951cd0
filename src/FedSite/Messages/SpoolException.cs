namespace FedSite.Messages;

/// <summary>The spool folder can't be used as it must be.</summary>
public sealed class SpoolException : FedSiteException
{
    private SpoolException(string message, string nextStep, Exception? inner)
        : base(message, nextStep, ExitCode.Failed, inner) { }

    /// <summary>Somebody has deleted the folder under our hands.</summary>
    internal static SpoolException Deleted(string folder) =>
        new(
            $"The spool {folder} was deleted while messages were in it.",
            "Run the command again. What earlier runs had queued is lost with it: make those records again with --from.",
            inner: null
        );

    /// <summary>Explains a failed file operation on <paramref name="folder"/>.</summary>
    internal static SpoolException From(Exception failure, string folder)
    {
        var (what, nextStep) = failure switch
        {
            UnauthorizedAccessException => (
                "is not writable",
                "Give the account that runs fedsite the right to write there (group of the folder, mode 2770)."
            ),
            IOException { HResult: PosixFiles.NoSpace } => (
                "is on a full disk",
                "Free some space and run the command again; nothing that was queued is lost."
            ),
            IOException { HResult: PosixFiles.QuotaExceeded } => (
                "is over its disk quota",
                "Free some space or raise the quota, then run the command again; nothing that was queued is lost."
            ),
            IOException { HResult: PosixFiles.ReadOnly } => (
                "is on a file system mounted read-only",
                "Mount it writable, or choose another folder: key `messaging.queues` of site.yaml."
            ),
            IOException { HResult: PosixFiles.NotPermitted or PosixFiles.NoAccess } => (
                "refuses a second name for a file",
                "Either its file system has no hard links (choose a local one, such as ext4 or xfs), or the message "
                    + "belongs to another account and fs.protected_hardlinks forbids it: give fedsite write access to it."
            ),
            IOException
            {
                HResult: PosixFiles.NotSupported
                    or PosixFiles.NotImplemented
                    or PosixFiles.TooManyLinks
                    or PosixFiles.OtherDevice
            } => (
                "is on a file system without hard links",
                "Choose a folder on a local file system such as ext4 or xfs: key `messaging.queues` of site.yaml."
            ),
            _ => ("can't be used", "Check the folder and its disk."),
        };
        return new SpoolException($"The spool {folder} {what}: {failure.Message}", nextStep, failure);
    }
}
