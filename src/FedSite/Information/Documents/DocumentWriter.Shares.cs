using FedSite.OpenStack;

namespace FedSite.Information.Documents;

internal sealed partial class DocumentWriter
{
    private static readonly string[] OfOneVolumeType = ["volumes_", "gigabytes_", "snapshots_"];

    private string ShareId(ShareFacts share) => $"{EndpointId}_share_{share.Vo}_{share.Project.Id}";

    private void WriteShares()
    {
        foreach (var share in facts.Shares)
            WriteShare(share);
    }

    private void WriteShare(ShareFacts share)
    {
        var project = share.Project;
        Begin(ShareId(share), $"{share.Vo} - {project.Id} share");
        json.WriteStartObject("OtherInfo");
        TextIfKnown("project_name", project.Name);
        TextIfKnown("project_domain_name", project.Domain);
        if (project.IsOpen)
            WriteQuotas(project);
        if (!like12 && project.IsOpen)
            WriteUse(project);
        if (!like12 || project.Failures.Count > 0)
            WriteHealth(project);
        json.WriteEndObject();
        Associations(("CloudComputingService", [ServiceId]), ("CloudComputingEndpoint", [EndpointId]));
        json.WriteNumber("InstanceMaxCPU", project.Flavors?.Select(f => f.Vcpus).DefaultIfEmpty().Max() ?? 0);
        json.WriteNumber("InstanceMaxRAM", project.Flavors?.Select(f => f.RamMiB).DefaultIfEmpty().Max() ?? 0);
        WriteServers(Totals(project));
        json.WriteNumber("MaxVM", project.ComputeQuota?.GetValueOrDefault("instances")?.Limit ?? 0);
        json.WriteString("ProjectID", project.Id);
        if (!like12)
            WriteShareTerms(share);
        json.WriteEndObject();
    }

    private void WriteQuotas(ProjectFacts project)
    {
        json.WriteStartObject("quotas");
        foreach (var (name, quota) in project.ComputeQuota ?? new Dictionary<string, QuotaUse>())
            json.WriteNumber(name, quota.Limit);
        json.WriteEndObject();
    }

    private void WriteUse(ProjectFacts project)
    {
        json.WriteStartObject("usage");
        WriteUse("compute", project.ComputeQuota);
        WriteUse("volume", project.VolumeQuota);
        WriteUse("network", project.NetworkQuota);
        json.WriteEndObject();
        if (project.ServerStates is { } states)
        {
            json.WriteStartObject("vm_states");
            foreach (var (state, number) in states.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteNumber(state, number);
            json.WriteEndObject();
        }

        TextIfKnown("region", project.Cloud.Region);
    }

    private void WriteUse(string service, IReadOnlyDictionary<string, QuotaUse>? quota)
    {
        if (quota is null)
            return;
        json.WriteStartObject(service);
        foreach (var (name, use) in quota)
        {
            // Cinder tells everybody the names of all volume types, those of other projects too.
            if (OfOneVolumeType.Any(start => name.StartsWith(start, StringComparison.Ordinal)))
                continue;
            json.WriteStartObject(name);
            json.WriteNumber("limit", use.Limit);
            json.WriteNumber("used", use.Used);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteHealth(ProjectFacts project)
    {
        var failures = project.Failures;
        json.WriteStartObject("health");
        json.WriteString(
            "state",
            !project.IsOpen ? "critical"
                : failures.Count > 0 ? "warning"
                : "ok"
        );
        if (failures.Count > 0)
        {
            json.WriteStartArray("failed");
            foreach (var failure in failures)
                WriteFailure(failure, vo: null);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>What cloud-info-provider 0.13 told of a share.</summary>
    private void WriteShareTerms(ShareFacts share)
    {
        var external = share.Project.Cloud.ExternalNetworks;
        TextIfKnown("SLA", share.Sla);
        TextIfKnown("NetworkInfo", share.Networks?.Info);
        TextIfKnown("DefaultNetworkType", share.Networks?.DefaultType);
        TextIfKnown("PublicNetworkName", share.Networks?.PublicName ?? (external is [var only] ? only.Name : null));
    }

    private void WriteMappingPolicies()
    {
        foreach (var share in facts.Shares)
        {
            Begin($"{ShareId(share)}_Policy", name: null);
            Associations(("Share", [ShareId(share)]), ("PolicyUserDomain", [share.Vo]));
            Texts("Rule", [$"VO:{share.Vo}"]);
            json.WriteString("Scheme", "org.glite.standard");
            json.WriteEndObject();
        }
    }

    private void WriteAccessPolicy()
    {
        Begin($"{EndpointId}_policy", name: null);
        Associations(("CloudComputingEndpoint", [EndpointId]));
        var rules = facts.Shares.Select(share => $"VO:{share.Vo}");
        Texts("Rule", like12 ? rules : rules.Distinct());
        json.WriteString("Scheme", "org.glite.standard");
        json.WriteEndObject();
    }
}
