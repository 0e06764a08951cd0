using System.Net;
using FedSite.Configuration;
using FedSite.Federation.Plans.Networks;
using FedSite.OpenStack;
using FedSite.OpenStack.Network;

namespace FedSite.Federation.Plans;

/// <summary>First networks of projects: what is missing is made, what is there stays as it is.</summary>
internal sealed partial class Planner
{
    private void PlanNetworks()
    {
        foreach (var project in NetworkReading.Wanted(request))
        {
            if (view.Unread.ContainsKey(Term.Network(project.ToString())))
            {
                var name = NetworkReading.NameOf(project.Network!.Name, project);
                _named.Add((NetworkKinds.Network, name));
                _named.Add((NetworkKinds.Router, name));
            }
            // Otherwise there is a problem with it.
            else if (_named.Contains((Kinds.Project, project.ToString())))
            {
                PlanNetwork(project, project.Network!);
            }
        }
    }

    private void PlanNetwork(ProjectRef project, ProjectNetworkConfig wanted)
    {
        var name = NetworkReading.NameOf(wanted.Name, project);
        var work = new NetworkWork(project, wanted);
        var seen =
            view.Networks.Projects.GetValueOrDefault(project.ToString()) ?? new NetworkOfProject([], [], [], [], []);
        if (seen.Named.Count == 0)
        {
            _notes.AddRange(
                seen.Earlier.Select(earlier =>
                    $"project {project} has the network {earlier.Name} already, which was its first one; it stays, and {wanted.Name} is made beside it"
                )
            );
            Create(NetworkKinds.Network, name, [], work.MakeNetworkAsync, unit: UnitOf(name));
        }
        else
        {
            Keep(NetworkKinds.Network, name, seen.Named[0].Id, [], work.MakeNetworkAsync);
            NoteNetwork(name, wanted, seen);
        }

        var subnets = PlanSubnets(name, wanted, seen, work);
        if (wanted.External is { } external)
            PlanRouter(name, wanted, external, subnets, seen, work);
    }

    /// <summary>A network with its subnets and its router.</summary>
    private static ChangeUnit UnitOf(string network) => new(ServiceNames.Network, $"{NetworkKinds.Network} {network}");

    private void NoteNetwork(string name, ProjectNetworkConfig wanted, NetworkOfProject seen)
    {
        var network = seen.Named[0];
        if (!NetworkView.IsNamed(network.Name, wanted.Name))
            _notes.Add($"network {name} is called {network.Name} now; it is left as it is");
        if (seen.Named.Count(one => NetworkView.IsNamed(one.Name, wanted.Name)) is > 1 and var count)
            _notes.Add($"there are {Text(count)} networks {name}; the one with the id {network.Id} is taken");
    }

    /// <returns>Names of the subnets that are there in the end, with their ids if they are now.</returns>
    private List<(string Name, string? Id)> PlanSubnets(
        string name,
        ProjectNetworkConfig wanted,
        NetworkOfProject seen,
        NetworkWork work
    )
    {
        var ranges = wanted.Cidrs.Select(IPNetwork.Parse).ToList();
        var there = seen
            .Subnets.Where(subnet => IPNetwork.TryParse(subnet.Cidr, out _))
            .Select(subnet => (subnet.Id, Range: IPNetwork.Parse(subnet.Cidr), subnet.NameServers))
            .OrderBy(subnet => subnet.Id, StringComparer.Ordinal)
            .ToList();
        var planned = new List<(string, string?)>();
        foreach (var range in ranges)
        {
            var subnet = $"{range} of network {name}";
            var family = range.BaseAddress.AddressFamily;
            var others = there.Where(one =>
                one.Range.BaseAddress.AddressFamily == family && !ranges.Contains(one.Range)
            );
            if (there.Find(one => one.Range.Equals(range)) is { Id: { } id } same)
            {
                NoteNameServers(subnet, wanted.DnsOf(family), same.NameServers);
                _ids.Set(NetworkKinds.Subnet, subnet, id);
                _untouched++;
                planned.Add((subnet, id));
            }
            else if (others.Select(one => one.Range.ToString()).ToList() is [_, ..] ranged)
            {
                _notes.Add(
                    $"network {name} has the range {string.Join(", ", ranged)} where the file has {range}; it is left as it is"
                );
            }
            else
            {
                Create(
                    NetworkKinds.Subnet,
                    subnet,
                    [],
                    (context, ct) => work.MakeSubnetAsync(context, range, subnet, ct),
                    unit: UnitOf(name)
                );
                planned.Add((subnet, null));
            }
        }

        return planned;
    }

    private void NoteNameServers(string subnet, IReadOnlyList<string> wanted, IReadOnlyList<string> seen)
    {
        if (wanted.Count > 0 && !wanted.Select(Address).ToHashSet().SetEquals(seen.Select(Address)))
            _notes.Add(
                $"subnet {subnet} has the name servers {(seen.Count > 0 ? string.Join(", ", seen) : "of the cloud")} where the file has {string.Join(", ", wanted)}; it is left as it is"
            );
    }

    /// <summary>However it is written.</summary>
    private static string Address(string text) => IPAddress.TryParse(text, out var address) ? address.ToString() : text;

    private void PlanRouter(
        string name,
        ProjectNetworkConfig wanted,
        string external,
        List<(string Name, string? Id)> subnets,
        NetworkOfProject seen,
        NetworkWork work
    )
    {
        var leading = view.Networks.ExternalNamed(external);
        var plugged = seen.Interfaces.SelectMany(port => port.FixedIps, (port, ip) => (port.DeviceId, ip.SubnetId));
        var bySubnet = plugged.ToLookup(one => one.SubnetId, one => one.DeviceId, StringComparer.Ordinal);
        if (RouterOf(name, wanted, seen) is { } found)
        {
            Keep(NetworkKinds.Router, name, found.Id, [], (_, _) => Task.CompletedTask);
            NoteGateway(name, external, found, leading);
        }
        else if (seen.Interfaces.Count > 0)
        {
            _notes.Add($"network {name} leads to a router of another project; no other one is made");
            return;
        }
        else if (leading.Count == 1)
        {
            Create(
                NetworkKinds.Router,
                name,
                [new FieldChange("external gateway", null, leading[0].Name ?? leading[0].Id)],
                (context, ct) => work.MakeRouterAsync(context, leading[0].Id, ct),
                unit: UnitOf(name)
            );
        }
        else
        {
            FindExternal(external, leading);
            return;
        }

        foreach (var (subnet, id) in subnets)
        {
            if (id is not null && bySubnet.Contains(id))
                _untouched++;
            else if (seen.Subnets.Any(one => one.Id == id && one.Gateway is null))
                _notes.Add($"subnet {subnet} has no gateway, so no router is plugged in");
            else
                Create(
                    NetworkKinds.Interface,
                    subnet,
                    [],
                    (context, ct) => work.PlugAsync(context, subnet, ct),
                    unit: UnitOf(name)
                );
        }
    }

    /// <summary>One that is plugged in, one that was made or adopted, or one of the network's name.</summary>
    private Router? RouterOf(string name, ProjectNetworkConfig wanted, NetworkOfProject seen)
    {
        var plugged = seen.Interfaces.Select(port => port.DeviceId).ToHashSet(StringComparer.Ordinal);
        var known = request.KnownAs(NetworkKinds.Router, name)?.Id;
        var own = seen.Routers.OrderBy(router => router.Id, StringComparer.Ordinal).ToList();
        if (plugged.Count > 0)
            return own.Find(router => plugged.Contains(router.Id));
        return own.Find(router => router.Id == known)
            ?? own.Find(router => NetworkView.IsNamed(router.Name, wanted.Name));
    }

    private void NoteGateway(string name, string external, Router router, IReadOnlyList<CloudNetwork> leading)
    {
        if (leading.Any(network => network.Id == router.Gateway?.NetworkId))
            return;
        if (leading.Count != 1)
            FindExternal(external, leading);
        else if (router.Gateway?.NetworkId is null)
            _notes.Add(
                $"router {name} leads nowhere: `openstack router set --external-gateway {leading[0].Id} {router.Id}`"
            );
        else
            _notes.Add($"router {name} leads to another network than {external}; it is left as it is");
    }

    private void FindExternal(string external, IReadOnlyList<CloudNetwork> leading)
    {
        var message =
            leading.Count == 0
                ? $"There is no network {external} that leads out of the cloud, so projects get no router to it."
                : $"There are {Text(leading.Count)} networks {external} that lead out of the cloud, so projects get no router to one.";
        var names = view.Networks.External.Select(network => network.Name ?? network.Id).Order(StringComparer.Ordinal);
        if (!_findings.Exists(finding => finding.Message == message))
            Finding(
                message,
                leading.Count > 0 ? "Write its id: `openstack network list --external` shows them."
                    : view.Networks.External.Count == 0 ? "The cloud has none: leave `external` out."
                    : $"Write another one as `external` (there are {string.Join(", ", names)}), or leave it out."
            );
    }
}
