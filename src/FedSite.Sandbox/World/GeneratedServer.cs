using System.Globalization;

namespace FedSite.Sandbox.World;

/// <summary>
/// Server <paramref name="index"/> of project <paramref name="project"/>, the newest being 0. What a listing filters by
/// is cheap to ask; <see cref="ToServer"/> makes the rest.
/// </summary>
internal readonly struct GeneratedServer(ServerGenerator source, int project, long index)
{
    // One hash for each question, so that adding a question changes no other answer.
    private enum About : ulong
    {
        Created,
        Deleted,
        State,
        Lifetime,
        Touched,
        Name,
        User,
        Flavor,
        Image,
        Floating,
    }

    public Guid Id => source.Ids.Encode(project, index);

    /// <summary>Falls strictly as the index grows, so that an index is a place in the order of Nova's pages.</summary>
    public DateTimeOffset Created
    {
        get
        {
            var step = source.Span.Ticks / (double)source.Count(project);
            var back = (index + Fraction(About.Created)) * step;
            return source.Now - TimeSpan.FromTicks((long)back + index + 1);
        }
    }

    public string Status => Fraction(About.Deleted) < 0.3 ? "DELETED" : LiveStatus;

    private string LiveStatus =>
        Fraction(About.State) switch
        {
            < 0.80 => "ACTIVE",
            < 0.88 => "SHUTOFF",
            < 0.90 => "SUSPENDED",
            < 0.92 => "PAUSED",
            < 0.95 => "SHELVED_OFFLOADED",
            < 0.97 => "ERROR",
            < 0.985 => "BUILD",
            _ => "VERIFY_RESIZE",
        };

    private bool Launched => LiveStatus is not ("ERROR" or "BUILD");

    private DateTimeOffset? LaunchedAt(DateTimeOffset created) =>
        Launched ? Earlier(created.AddSeconds(5 + (Hash(About.Lifetime) % 60)), source.Now) : null;

    private DateTimeOffset? TerminatedAt(DateTimeOffset created)
    {
        if (Status != "DELETED")
        {
            return null;
        }
        var first = LaunchedAt(created) ?? created;
        return first + ((source.Now - first) * Fraction(About.Lifetime));
    }

    public DateTimeOffset? Updated
    {
        get
        {
            var created = Created;
            if (TerminatedAt(created) is { } end)
            {
                return Earlier(end.AddSeconds(1 + (Hash(About.Touched) % 5)), source.Now);
            }
            if (LiveStatus == "BUILD")
            {
                return null;
            }
            var first = LaunchedAt(created) ?? created;
            var touched = Fraction(About.Touched);
            if (touched < 0.05)
            {
                var today = source.Now - (TimeSpan.FromDays(1) * (touched / 0.05));
                return today > first ? today : first;
            }
            return first;
        }
    }

    public SandboxServer ToServer()
    {
        var created = Created;
        var floating = FloatingAddresses;
        return new SandboxServer
        {
            Id = Id,
            Name = Name,
            Status = Status,
            ProjectId = source.ProjectId(project),
            UserId = source.UserId(project, Hash(About.User)),
            FlavorId = source.FlavorId(Fraction(About.Flavor), Hash(About.Flavor)),
            ImageId = Fraction(About.Image) < 0.1 ? null : source.ImageId(Hash(About.Image)),
            Created = created,
            Updated = Updated,
            LaunchedAt = LaunchedAt(created),
            TerminatedAt = TerminatedAt(created),
            FloatingAddresses = floating,
            Network = floating > 0 ? ServerNetwork.Private : Network,
        };
    }

    /// <summary>By the index, which costs nothing.</summary>
    private ServerNetwork Network =>
        (index % 10) switch
        {
            2 => ServerNetwork.External,
            5 => ServerNetwork.Provider,
            8 => ServerNetwork.PrivateWithIpv6,
            _ => ServerNetwork.Private,
        };

    private int FloatingAddresses =>
        !Launched || Status == "DELETED"
            ? 0
            : Fraction(About.Floating) switch
            {
                < 0.02 => 2,
                < 0.15 => 1,
                _ => 0,
            };

    private string Name
    {
        get
        {
            var number = index.ToString(CultureInfo.InvariantCulture);
            return (Hash(About.Name) % 1000) switch
            {
                < 4 => $"größe-ß-{number}",
                < 8 => $"計算ノード-{number}",
                < 11 => $"a%%b-{number}",
                < 12 => "%%",
                < 14 => "None",
                < 16 => "null",
                < 18 => new string('n', 255),
                < 20 => $"with: colon {number}",
                < 300 => $"worker-{number}",
                < 600 => $"web-{number}",
                _ => $"vm-{number}",
            };
        }
    }

    private ulong Hash(About about) => Mix.Of(source.Seed, (ulong)project, Mix.Of((ulong)index, (ulong)about));

    private double Fraction(About about) => Mix.Fraction(Hash(about));

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
