using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace FedSite.Sandbox.World;

/// <summary>
/// The content of the cloud: what the seed gives, plus what a test adds, replaces or removes. Safe to change while
/// requests are served; each request sees servers as they were when it began.
/// </summary>
public sealed partial class CloudWorld
{
    public const string Password = "sandbox";

    private readonly Seeded _seeded;
    private readonly ServerGenerator _generator;
    private readonly Dictionary<string, int> _projectNumbers;
    private readonly ConcurrentDictionary<string, SandboxFlavor> _flavors;
    private readonly ConcurrentDictionary<string, SandboxVolumeType> _volumeTypes = new();
    private static readonly ImmutableSortedDictionary<ServerPlace, SandboxServer> NoServers =
        ImmutableSortedDictionary.Create<ServerPlace, SandboxServer>(ServerPlace.Order);

    private readonly Lock _change = new();

    // Stored servers by place, and the generated ones that they stand for or that are gone.
    private ImmutableDictionary<string, ImmutableSortedDictionary<ServerPlace, SandboxServer>> _stored =
        ImmutableDictionary<string, ImmutableSortedDictionary<ServerPlace, SandboxServer>>.Empty;
    private ImmutableDictionary<Guid, SandboxServer?> _overlay = ImmutableDictionary<Guid, SandboxServer?>.Empty;

    internal CloudWorld(SandboxOptions options)
    {
        _time = options.TimeProvider;
        var now = _time.GetUtcNow();
        Start = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        _seeded = new Seeded(options);
        _generator = new ServerGenerator(options, _seeded, Start);
        _projectNumbers = _seeded.Projects.Index().ToDictionary(p => p.Item.Id, p => p.Index);
        _projects = new(
            _seeded
                .Projects.Append(_seeded.AdminProject)
                .Append(_seeded.ServiceProject)
                .Select(p => KeyValuePair.Create(p.Id, p))
        );
        _flavors = new(_seeded.Flavors.Select(f => KeyValuePair.Create(f.Id, f)));
        _images = new(_seeded.Images.Select(i => KeyValuePair.Create(i.Id, i)));
        Admin = Local("admin", -10);
        Accounting = Local("accounting", -11);
        Member = Local("member", -12);
        _users = new(
            _seeded.Users.Append(Admin).Append(Accounting).Append(Member).Select(u => KeyValuePair.Create(u.Id, u))
        );
        Volumes = new VolumeStock(options, this, _generator);
        foreach (var (number, name) in VolumeStock.Types.Index())
        {
            Put(new SandboxVolumeType(Uuid("volume type", number), name));
        }
        var networks = new NetworkStock(this);
        Networks = networks;
        Subnets = new SubnetStock(this, networks);
        Routers = new RouterStock(this, networks);
        var securityGroups = new SecurityGroupStock(this);
        SecurityGroups = securityGroups;
        Ports = new PortStock(this, networks, securityGroups);
        FloatingIps = new FloatingIpStock(this);
        if (_seeded.Projects.Count > 0)
        {
            Objects.MakeContainer(_seeded.Projects[0].Id, ObjectStock.FirstContainer);
        }
        Put(
            new SandboxDomain
            {
                Id = "default",
                Name = "Default",
                Description = "The default domain",
            }
        );
        Put(_seeded.EgiDomain);
        _roles = new RoleStore(name => _seeded.Hex($"role {name}", 0));
        GrantAll(options);
        _serviceSeed = unchecked((ulong)options.Seed);
        RegisterLimits(options);
    }

    /// <summary>"Now" for all generated content, a whole second.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Role <c>admin</c> in the project <c>admin</c> and for the system.</summary>
    public SandboxUser Admin { get; }

    /// <summary>Roles <c>reader</c>, <c>member</c> and <c>accounting</c> in each project with servers.</summary>
    public SandboxUser Accounting { get; }

    /// <summary>A plain member of the first project.</summary>
    public SandboxUser Member { get; }

    /// <summary>Whom a login by OpenID Connect gives; null in a cloud without projects.</summary>
    public SandboxUser? FederatedUser => _seeded.UserIds.Count > 0 ? FindUser(_seeded.UserIds[0][0]) : null;

    public SandboxProject AdminProject => _seeded.AdminProject;

    /// <summary>The projects that got generated servers, in the order of their numbers, as they are now.</summary>
    public IEnumerable<SandboxProject> SeededProjects =>
        _seeded.Projects.Select(p => FindProject(p.Id)).OfType<SandboxProject>();
    public IEnumerable<SandboxFlavor> Flavors => _flavors.Values.OrderBy(f => f.Id, StringComparer.Ordinal);

    public Stock<SandboxVolume> Volumes { get; }

    /// <summary><c>__DEFAULT__</c>, <c>ssd</c> and <c>multiattach</c>, and what was added.</summary>
    public IEnumerable<SandboxVolumeType> VolumeTypes => _volumeTypes.Values.OrderBy(t => t.Id, StringComparer.Ordinal);

    /// <summary>Networks of the project <c>admin</c>: <c>public</c>, the external one, and <c>provider</c>, a shared one.</summary>
    public Stock<SandboxNetwork> Networks { get; }

    /// <summary>Two of each network that was there at the start.</summary>
    public Stock<SandboxSubnet> Subnets { get; }

    public Stock<SandboxRouter> Routers { get; }

    /// <summary>Each project has a group <c>default</c>, which guards the ports of its servers.</summary>
    public Stock<SandboxSecurityGroup> SecurityGroups { get; }

    public Stock<SandboxAddressGroup> AddressGroups { get; } = new AddressGroupStock();

    /// <summary>Those of servers come and go with them.</summary>
    public Stock<SandboxPort> Ports { get; }

    /// <summary>
    /// As many as the servers have, and a free one for each project. Nova tells a server's own number, whatever is moved
    /// here.
    /// </summary>
    public Stock<SandboxFloatingIp> FloatingIps { get; }

    /// <summary>What Swift keeps. The first project has the container <see cref="ObjectStock.FirstContainer"/>.</summary>
    public ObjectStock Objects { get; } = new();

    /// <summary>One for the user <c>accounting</c> in the first project; tests may add some.</summary>
    public ConcurrentBag<ApplicationCredential> ApplicationCredentials { get; } = [];

    /// <summary>Removed flavors too.</summary>
    public SandboxFlavor? FindFlavor(string id) => _flavors.GetValueOrDefault(id);

    public void Put(SandboxFlavor flavor) => _flavors[flavor.Id] = flavor;

    /// <summary>No server may have it.</summary>
    internal void Remove(SandboxFlavor flavor) => _flavors.TryRemove(flavor.Id, out _);

    /// <summary>Null: there is none.</summary>
    internal SandboxFlavor? ChangeFlavor(string id, Func<SandboxFlavor, SandboxFlavor> change)
    {
        while (_flavors.TryGetValue(id, out var before))
        {
            var after = change(before);
            if (_flavors.TryUpdate(id, after, before))
            {
                return after;
            }
        }
        return null;
    }

    public void Put(SandboxVolumeType type) => _volumeTypes[type.Id] = type;

    /// <summary>Null for a project that the seed gives nothing to.</summary>
    internal int? NumberOf(string projectId) => _projectNumbers.TryGetValue(projectId, out var number) ? number : null;

    internal string Uuid(string kind, long number) => _seeded.Uuid(kind, number);

    /// <summary>Null when there is none, or it was purged.</summary>
    public SandboxServer? FindServer(Guid id) =>
        _overlay.TryGetValue(id, out var stored) ? stored : _generator.Find(id)?.ToServer();

    /// <summary>Adds a server, or replaces the one with the same id.</summary>
    public void Put(SandboxServer server)
    {
        lock (_change)
        {
            Forget(server.Id);
            _overlay = _overlay.SetItem(server.Id, server);
            var ofProject = _stored.GetValueOrDefault(server.ProjectId, NoServers);
            _stored = _stored.SetItem(server.ProjectId, ofProject.SetItem(ServerPlace.Of(server), server));
        }
    }

    /// <summary>Makes a server vanish as <c>nova-manage db archive</c> does: no listing shows it any more.</summary>
    public void Purge(Guid id)
    {
        lock (_change)
        {
            Forget(id);
            _overlay = _overlay.SetItem(id, null);
        }
    }

    /// <summary>
    /// Changes a server's status at the given time, with what goes with it: <c>updated</c>, and for <c>DELETED</c> the
    /// end, for a first <c>ACTIVE</c> the launch.
    /// </summary>
    public SandboxServer Advance(Guid id, string status, DateTimeOffset at)
    {
        var server = FindServer(id) ?? throw new ArgumentException($"no server {id}", nameof(id));
        var advanced = server with
        {
            Status = status,
            Task = null,
            Becomes = null,
            Updated = at,
            LaunchedAt = server.LaunchedAt ?? (status == "ACTIVE" ? at : null),
            TerminatedAt = status == "DELETED" ? at : server.TerminatedAt,
            FloatingAddresses = status == "DELETED" ? 0 : server.FloatingAddresses,
        };
        Put(advanced);
        return advanced;
    }

    /// <summary>Number of generated servers, deleted ones included.</summary>
    public long GeneratedServers => Enumerable.Range(0, _seeded.Projects.Count).Sum(_generator.Count);

    /// <summary>Newest first, deleted ones included, made one by one.</summary>
    public IEnumerable<SandboxServer> Servers(string projectId) => List(projectId, null, _ => true, null);

    /// <summary>Servers of one project after a place, that were changed since a time if one is given.</summary>
    internal IEnumerable<SandboxServer> List(
        string projectId,
        ServerPlace? after,
        Func<string, bool> statuses,
        DateTimeOffset? changedSince
    )
    {
        var overlay = _overlay;
        var stored = _stored
            .GetValueOrDefault(projectId, NoServers)
            .Values.Where(s => after is not { } place || ServerPlace.Of(s).OrderTo(place) > 0)
            .Where(s => statuses(s.Status) && (changedSince is null || s.Updated >= changedSince));
        var generated = Generated(projectId, after, statuses, changedSince, overlay);
        return Merge([stored, generated]);
    }

    private IEnumerable<SandboxServer> Generated(
        string projectId,
        ServerPlace? after,
        Func<string, bool> statuses,
        DateTimeOffset? changedSince,
        ImmutableDictionary<Guid, SandboxServer?> overlay
    )
    {
        if (!_projectNumbers.TryGetValue(projectId, out var project))
        {
            yield break;
        }
        var count = _generator.Count(project);
        for (var index = after is { } place ? _generator.IndexAfter(project, place) : 0; index < count; index++)
        {
            var server = _generator[project, index];
            if (
                statuses(server.Status)
                && (changedSince is null || server.Updated >= changedSince)
                && (overlay.IsEmpty || !overlay.ContainsKey(server.Id))
            )
            {
                yield return server.ToServer();
            }
        }
    }

    /// <summary>Joins sorted listings into one.</summary>
    internal static IEnumerable<SandboxServer> Merge(IEnumerable<IEnumerable<SandboxServer>> listings)
    {
        var heads = new PriorityQueue<IEnumerator<SandboxServer>, ServerPlace>(ServerPlace.Order);
        foreach (var listing in listings)
        {
            var head = listing.GetEnumerator();
            if (head.MoveNext())
            {
                heads.Enqueue(head, ServerPlace.Of(head.Current));
            }
        }
        while (heads.TryDequeue(out var head, out _))
        {
            yield return head.Current;
            if (head.MoveNext())
            {
                heads.Enqueue(head, ServerPlace.Of(head.Current));
            }
        }
    }

    private void Forget(Guid id)
    {
        if (_overlay.GetValueOrDefault(id) is { } before)
        {
            _stored = _stored.SetItem(before.ProjectId, _stored[before.ProjectId].Remove(ServerPlace.Of(before)));
        }
    }
}
