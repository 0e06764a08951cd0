using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Network;

namespace FedSite.Federation.Plans.Networks;

/// <summary>Reads what a plan of networks needs: at most four requests a project, and one for all.</summary>
internal sealed class NetworkReading
{
    private const int SideBySide = 8;

    private readonly PlanRequest _request;
    private readonly NetworkApi _api;

    private NetworkReading(PlanRequest request, NetworkApi api)
    {
        _request = request;
        _api = api;
    }

    /// <param name="request">What is planned.</param>
    /// <param name="view">What Keystone has; projects above all.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="terms">Takes what can't be read.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<NetworkView> ReadAsync(
        PlanRequest request,
        CloudView view,
        OpenStackCloud cloud,
        TermReading terms,
        CancellationToken ct
    )
    {
        var wanted = Wanted(request).ToList();
        if (wanted.Count == 0)
            return NetworkView.Empty;
        var reading = new NetworkReading(request, cloud.Network);
        IReadOnlyList<CloudNetwork> external = [];
        var led = wanted.Where(project => project.Network!.External is not null).Select(TermOf).ToList();
        if (led.Count > 0)
            await terms.TryAsync(led, async () => external = await cloud.Network.ListExternalNetworksAsync(ct));
        var projects = new ConcurrentDictionary<string, NetworkOfProject>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            wanted.Where(project => !terms.Unread.ContainsKey(TermOf(project))),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (project, token) =>
            {
                var name = project.ToString();
                if (view.Projects.GetValueOrDefault(name, []) is [{ Id: var id }])
                    await terms.TryAsync(
                        [TermOf(project)],
                        async () => projects[name] = await reading.ReadProjectAsync(id, project, token)
                    );
            }
        );
        // Those of projects that are still to be made.
        foreach (var project in wanted.Where(project => !projects.ContainsKey(project.ToString())))
            terms.AreLost([TermOf(project)]);
        return new NetworkView { Projects = projects, External = external };
    }

    /// <summary>Projects that are to have a network; of VOs that share one, the first to give it a network decides.</summary>
    public static IEnumerable<ProjectRef> Wanted(PlanRequest request) =>
        request
            .Planned.SelectMany(vo => vo.Projects)
            .Where(project => project.Network is not null)
            .DistinctBy(project => project.ToString());

    private static Term TermOf(ProjectRef project) => Term.Network(project.ToString());

    public static string NameOf(string network, ProjectRef project) => $"{network} of project {project}";

    private async Task<NetworkOfProject> ReadProjectAsync(string id, ProjectRef project, CancellationToken ct)
    {
        var network = project.Network!;
        // One after the other: several projects are read side by side.
        var routers = network.External is null ? [] : await _api.ListRoutersAsync(id, ct);
        var known = _request.KnownAs(NetworkKinds.Network, NameOf(network.Name, project))?.Id;
        var own = await _api.ListOwnNetworksAsync(id, ct);
        var earlier = _request
            .Known.Where(thing =>
                thing.Kind == NetworkKinds.Network && thing.Name.EndsWith(NameOf("", project), StringComparison.Ordinal)
            )
            .Select(thing => thing.Id)
            .ToHashSet(StringComparer.Ordinal);
        var named = own.Where(one => one.Id == known || NetworkView.IsNamed(one.Name, network.Name))
            .OrderBy(one => one.Id == known ? 0 : 1)
            .ThenBy(one => one.Id, StringComparer.Ordinal)
            .ToList();
        if (named.Count == 0)
            return new NetworkOfProject([], [], [], routers, [.. own.Where(one => earlier.Contains(one.Id))]);
        var subnets = await _api.ListSubnetsAsync(named[0].Id, ct);
        var interfaces = network.External is null ? [] : await _api.ListRouterInterfacesAsync(named[0].Id, ct);
        return new NetworkOfProject(named, subnets, interfaces, routers, []);
    }
}
