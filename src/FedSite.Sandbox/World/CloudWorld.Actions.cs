namespace FedSite.Sandbox.World;

/// <summary>What Nova and Cinder take a while for.</summary>
public sealed partial class CloudWorld
{
    /// <summary>
    /// So often a server, volume or snapshot is shown between two states before what was asked for is done; 0: it is done
    /// at once.
    /// </summary>
    public int LooksUntilDone { get; set; }

    /// <param name="server">As it is.</param>
    /// <param name="task">What is shown as its task meanwhile.</param>
    /// <param name="status">What it comes to.</param>
    /// <param name="at">When it was asked for.</param>
    internal void Begin(SandboxServer server, string task, string status, DateTimeOffset at)
    {
        if (LooksUntilDone == 0)
        {
            Finish(server.Id, status, at);
            return;
        }
        Put(server with { Task = task, Becomes = status, Looks = LooksUntilDone });
    }

    /// <summary>One look more at something that takes a while.</summary>
    internal void Seen(SandboxServer shown, DateTimeOffset at)
    {
        if (shown.Becomes is null)
        {
            return;
        }
        lock (_change)
        {
            if (FindServer(shown.Id) is not { Becomes: { } status } server)
            {
                return;
            }
            if (server.Looks > 1)
            {
                Put(server with { Looks = server.Looks - 1 });
            }
            else
            {
                Finish(server.Id, status, at);
            }
        }
    }

    /// <summary><c>creating</c> and <c>deleting</c> end by looks.</summary>
    internal void Seen(SandboxVolume shown)
    {
        if (shown.Looks == 0 || Volumes.Find(shown.Id) is not { Looks: > 0 } volume)
        {
            return;
        }
        if (volume.Looks > 1)
        {
            Volumes.Put(volume with { Looks = volume.Looks - 1 });
        }
        else if (volume.Status == "deleting")
        {
            Volumes.Remove(volume.Id);
        }
        else
        {
            Volumes.Put(volume with { Looks = 0, Status = "available" });
        }
    }

    internal void Seen(SandboxSnapshot shown)
    {
        if (shown.Looks == 0 || Snapshots.Find(shown.Id) is not { Looks: > 0 } snapshot)
        {
            return;
        }
        if (snapshot.Looks > 1)
        {
            Snapshots.Put(snapshot with { Looks = snapshot.Looks - 1 });
        }
        else if (snapshot.Status == "deleting")
        {
            Snapshots.Remove(snapshot.Id);
        }
        else
        {
            Snapshots.Put(snapshot with { Looks = 0, Status = "available" });
        }
    }

    private void Finish(Guid id, string status, DateTimeOffset at)
    {
        var server = Advance(id, status, at);
        if (!server.Deleted)
        {
            return;
        }
        var name = id.ToString();
        foreach (var volume in Projects.SelectMany(p => Volumes.Of(p.Id)).Where(v => v.Servers.Contains(name)).ToList())
        {
            var others = volume.Servers.Where(attached => attached != name).ToList();
            if (volume.EndsWithServer)
            {
                Volumes.Remove(volume.Id);
                continue;
            }
            Volumes.Put(volume with { Servers = others, Status = others.Count == 0 ? "available" : volume.Status });
        }
    }
}
