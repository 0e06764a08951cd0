using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Information;

internal sealed partial record ExpectedDocument
{
    private static readonly string[] Running = ["ACTIVE", "VERIFY_RESIZE"];
    private static readonly string[] Suspended = ["SUSPENDED", "PAUSED"];
    private static readonly string[] Halted = ["SHUTOFF", "SHELVED", "SHELVED_OFFLOADED"];

    private JsonObject ShareObject(ExpectedShare share)
    {
        var item = Begin(IdOf(share), $"{share.Vo} - {share.Project.Id} share");
        item["OtherInfo"] = share.IsOpen ? About(share.Project) : new JsonObject { ["health"] = NotLetIn() };
        item["Associations"] = new JsonObject
        {
            ["CloudComputingService"] = Texts(ServiceId),
            ["CloudComputingEndpoint"] = Texts(EndpointId),
        };
        var flavors = share.IsOpen ? Cloud.Flavors.Where(flavor => flavor.IsFor(share.Project)).ToList() : [];
        item["InstanceMaxCPU"] = flavors.Select(flavor => flavor.Vcpus).DefaultIfEmpty().Max();
        item["InstanceMaxRAM"] = flavors.Select(flavor => flavor.Ram).DefaultIfEmpty().Max();
        AddServers(item, share.IsOpen ? [share.Project] : []);
        item["MaxVM"] = share.IsOpen ? share.Project.Compute.Single(quota => quota.Name == "instances").Limit : 0;
        item["ProjectID"] = share.Project.Id;
        if (!Like12)
        {
            Add(item, "SLA", share.Sla);
            Add(item, "NetworkInfo", share.NetworkInfo);
            Add(item, "DefaultNetworkType", share.DefaultNetworkType);
            var network = Cloud.ExternalNetworks.Count == 1 ? Cloud.ExternalNetworks[0].Name : null;
            Add(item, "PublicNetworkName", share.PublicNetworkName ?? network);
        }

        return item;
    }

    private JsonObject About(SeenProject project)
    {
        var about = new JsonObject
        {
            ["project_name"] = project.Name,
            ["project_domain_name"] = project.Domain,
            ["quotas"] = new JsonObject(
                project.Compute.Select(quota => KeyValuePair.Create(quota.Name, (JsonNode?)quota.Limit))
            ),
        };
        if (Like12)
        {
            return about;
        }

        about["usage"] = new JsonObject
        {
            ["compute"] = Use(project.Compute),
            ["volume"] = Use(project.Volume),
            ["network"] = Use(project.Network),
        };
        about["vm_states"] = new JsonObject(
            project
                .States.OrderBy(state => state.Key, StringComparer.Ordinal)
                .Select(state => KeyValuePair.Create(state.Key, (JsonNode?)state.Value))
        );
        about["region"] = Cloud.Region;
        about["health"] = new JsonObject { ["state"] = "ok" };
        return about;
    }

    private static JsonObject Use(IReadOnlyList<SeenQuota> quotas) =>
        new(
            quotas.Select(quota =>
                KeyValuePair.Create(
                    quota.Name,
                    (JsonNode?)new JsonObject { ["limit"] = quota.Limit, ["used"] = quota.Used }
                )
            )
        );

    private static JsonObject NotLetIn() =>
        new() { ["state"] = "critical", ["failed"] = new JsonArray(NoToken(vo: null)) };

    private static JsonObject NoToken(string? vo)
    {
        var failure = new JsonObject();
        Add(failure, "vo", vo);
        failure["part"] = "token";
        failure["info"] = "Keystone answered 401";
        return failure;
    }

    /// <summary>1.2 takes whatever is neither shut off nor suspended for running.</summary>
    private void AddServers(JsonObject item, IEnumerable<SeenProject> projects)
    {
        var states = projects.SelectMany(project => project.States).ToLookup(state => state.Key, state => state.Value);
        var total = states.Sum(state => state.Sum());
        var suspended = Count(Like12 ? Suspended[..1] : Suspended);
        var halted = Count(Like12 ? Halted[..1] : Halted);
        item["TotalVM"] = total;
        item["RunningVM"] = Like12 ? total - suspended - halted : Count(Running);
        item["SuspendedVM"] = suspended;
        item["HaltedVM"] = halted;

        int Count(string[] names) => names.Sum(name => states[name].Sum());
    }

    private JsonObject MappingPolicy(ExpectedShare share)
    {
        var policy = Begin($"{IdOf(share)}_Policy", name: null);
        policy["Associations"] = new JsonObject
        {
            ["Share"] = Texts(IdOf(share)),
            ["PolicyUserDomain"] = Texts(share.Vo),
        };
        policy["Rule"] = Texts($"VO:{share.Vo}");
        policy["Scheme"] = "org.glite.standard";
        return policy;
    }
}
