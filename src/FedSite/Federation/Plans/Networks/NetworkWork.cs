using System.Net;
using FedSite.Configuration;

namespace FedSite.Federation.Plans.Networks;

/// <summary>Makes the parts of a project's network. Each looks first, so that what an earlier run made is not made again.</summary>
internal sealed class NetworkWork(ProjectRef project, ProjectNetworkConfig network)
{
    private readonly string _name = NetworkReading.NameOf(network.Name, project);

    public async Task MakeNetworkAsync(ApplyContext context, CancellationToken ct)
    {
        var made = await context.Cloud.Network.MakeNetworkAsync(ProjectId(context), network.Name, ct);
        context.Remember(NetworkKinds.Network, _name, Seen(made, NetworkKinds.Network, _name));
    }

    public async Task MakeSubnetAsync(ApplyContext context, IPNetwork cidr, string name, CancellationToken ct)
    {
        var family = cidr.BaseAddress.AddressFamily;
        var made = await context.Cloud.Network.MakeSubnetAsync(
            ProjectId(context),
            context.Ids.Get(NetworkKinds.Network, _name),
            cidr,
            network.DnsOf(family),
            ct
        );
        context.Ids.Set(NetworkKinds.Subnet, name, Seen(made, NetworkKinds.Subnet, name));
    }

    public async Task MakeRouterAsync(ApplyContext context, string externalId, CancellationToken ct)
    {
        var made = await context.Cloud.Network.MakeRouterAsync(ProjectId(context), network.Name, externalId, ct);
        context.Remember(NetworkKinds.Router, _name, Seen(made, NetworkKinds.Router, _name));
    }

    public async Task PlugAsync(ApplyContext context, string subnet, CancellationToken ct)
    {
        var made = await context.Cloud.Network.PlugRouterAsync(
            context.Ids.Get(NetworkKinds.Router, _name),
            context.Ids.Get(NetworkKinds.Subnet, subnet),
            ct
        );
        Seen(made, NetworkKinds.Interface, subnet);
    }

    private string ProjectId(ApplyContext context) => context.Ids.Get(Kinds.Project, project.ToString());

    private static string Seen(string? id, string kind, string name) =>
        id ?? throw ApplyContext.WithoutEffect(kind, name, "it is not there", "Neutron");
}
