using System.Runtime.InteropServices;

namespace FedSite.Sandbox.World;

/// <summary>
/// All servers that nobody stored: the n-th of a project is a function of seed, project and n, made when asked for.
/// </summary>
internal sealed class ServerGenerator(SandboxOptions options, Seeded content, DateTimeOffset now)
{
    private readonly SandboxFlavor[] _plain = [.. content.Flavors.Where(f => f.ExtraSpecs.Count == 0 && !f.Removed)];
    private readonly SandboxFlavor[] _special = [.. content.Flavors.Where(f => f.ExtraSpecs.Count > 0 && !f.Removed)];
    private readonly SandboxFlavor[] _removed = [.. content.Flavors.Where(f => f.Removed)];

    public int Projects { get; } = content.Projects.Count;
    public ulong Seed { get; } = unchecked((ulong)options.Seed);
    public SeededId Ids { get; } = new(unchecked((ulong)options.Seed));
    public DateTimeOffset Now { get; } = now;

    /// <summary>The oldest server was created that long ago.</summary>
    public TimeSpan Span { get; } = TimeSpan.FromDays(90);

    public long Count(int project) =>
        Projects == 0 ? 0 : (options.Servers / Projects) + (project < options.Servers % Projects ? 1 : 0);

    public GeneratedServer this[int project, long index] => new(this, project, index);

    /// <summary>Null when the id is none of the generated ones.</summary>
    public GeneratedServer? Find(Guid id) =>
        Ids.TryDecode(id, out var project, out var index) && project < Projects && index < Count(project)
            ? this[project, index]
            : null;

    /// <summary>Index of the first server that comes after this place in the order newest first.</summary>
    public long IndexAfter(int project, ServerPlace place)
    {
        long low = 0;
        var high = Count(project);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var candidate = this[project, middle];
            if (new ServerPlace(candidate.Created, candidate.Id).OrderTo(place) > 0)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        return low;
    }

    public string ProjectId(int project) => content.Projects[project].Id;

    public string UserId(int project, ulong hash) =>
        hash % 100 < 2
            ? content.LeftUserId
            : content.UserIds[project][(int)(hash / 100 % (ulong)content.UserIds[project].Length)];

    public string FlavorId(double share, ulong hash)
    {
        var from = share switch
        {
            < 0.02 => _removed,
            < 0.12 => _special,
            _ => _plain,
        };
        return from[(int)(hash % 1009 % (ulong)from.Length)].Id;
    }

    /// <summary>Null in a cloud without images.</summary>
    public string? ImageId(ulong hash) =>
        content.Images.Count == 0 ? null : content.Images[(int)(hash % (ulong)content.Images.Count)].Id;
}

/// <summary>A place in the order of Nova's pages: newest first, then by id downwards.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ServerPlace(DateTimeOffset Created, Guid Id)
{
    public static readonly IComparer<ServerPlace> Order = Comparer<ServerPlace>.Create((a, b) => a.OrderTo(b));

    public static ServerPlace Of(SandboxServer server) => new(server.Created, server.Id);

    /// <summary>Negative: this one comes first.</summary>
    public int OrderTo(ServerPlace other)
    {
        var byTime = other.Created.CompareTo(Created);
        return byTime != 0 ? byTime : other.Id.CompareTo(Id);
    }
}
