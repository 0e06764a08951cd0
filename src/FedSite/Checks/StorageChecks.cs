using System.Globalization;
using System.Runtime.CompilerServices;

namespace FedSite.Checks;

/// <summary>Spools and state, tried with a file that is removed again.</summary>
internal static class StorageChecks
{
    private const long LittleSpace = 200_000_000;

    public static async IAsyncEnumerable<Finding> SpoolAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var folder in subject.QueuesInUse.Select(queue => queue.Spool))
            yield return Try(CheckRules.Spool, "spool", folder, needsLinks: true);
    }

    public static async IAsyncEnumerable<Finding> StateAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return Try(CheckRules.State, "state folder", subject.StateFolder, needsLinks: false);
    }

    public static Finding Try(CheckRule rule, string what, string folder, bool needsLinks)
    {
        folder = Path.GetFullPath(folder);
        var existing = folder;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing)!;
        var place =
            existing == folder
                ? $"The {what} {folder}"
                : $"The {what} {folder} is missing; {existing}, where it will be made,";
        // Readers of a spool pass over names of this form.
        var file = Path.Combine(
            existing,
            $"fedsite-check-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp"
        );
        var link = file + ".link.tmp";
        try
        {
            using (new FileStream(file, FileMode.Create, FileAccess.Write)) { }
            var error = needsLinks ? PosixFiles.Link(file, link) : 0;
            if (error != 0)
                return rule.Error($"{place} takes no hard links: {PosixFiles.Failure(error, link).Message}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return rule.Error($"{place} can't be written by {Environment.UserName}: {e.Message}");
        }
        finally
        {
            Remove(link);
            Remove(file);
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        return free < LittleSpace
            ? rule.Warning($"{place} has only {free / 1_000_000} MB left.", "Make room on its file system.")
            : rule.Ok($"{place} can be written.");
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or the folder is read-only: then there is nothing to remove.
        }
    }
}
