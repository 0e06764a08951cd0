using System.Globalization;

namespace FedSite.State;

/// <summary>
/// Lets one process at a time do a job on a state folder. The kernel frees the lock when the process ends, however it
/// ends, so no stale lock is ever left behind.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const int WouldBlock = 11;

    private readonly FileStream _lock;
    private readonly string _holder;

    private RunLock(FileStream @lock, string holder)
    {
        _lock = @lock;
        _holder = holder;
    }

    /// <summary>Takes the lock <paramref name="name"/> (a file name without ending) or says who holds it.</summary>
    /// <param name="folder">The state folder; made where it is missing.</param>
    /// <param name="name">Name of the job, for instance <c>accounting</c>.</param>
    /// <param name="time">Clock for the note about the holder.</param>
    /// <exception cref="FedSiteException">Another process holds it.</exception>
    public static RunLock Acquire(string folder, string name, TimeProvider time)
    {
        var file = Path.Combine(folder, name + ".lock");
        // The runtime locks the file itself, so a reader of the note needs a second one.
        var holder = Path.Combine(folder, name + ".holder");
        try
        {
            Directory.CreateDirectory(folder);
            var taken = new RunLock(Open(file, holder), holder);
            try
            {
                File.WriteAllText(
                    holder,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"process {Environment.ProcessId}, since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z"
                    )
                );
                return taken;
            }
            catch
            {
                taken.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateException.From(e, file);
        }
    }

    private static FileStream Open(string file, string holder)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new FedSiteException(
                $"Another run is at work with {file}: {Note(holder)}.",
                "Wait until it has ended, then run the command again.",
                inner: e
            );
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a note; without the lock it says nothing.
        }

        _lock.Dispose();
    }

    private static string Note(string holder)
    {
        try
        {
            return File.ReadAllText(holder);
        }
        catch (IOException)
        {
            return "its process is not known";
        }
    }
}
