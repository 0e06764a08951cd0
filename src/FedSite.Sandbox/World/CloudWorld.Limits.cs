using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

/// <summary>Quotas of services, and the limits that Keystone holds for them.</summary>
public sealed partial class CloudWorld
{
    private readonly ulong _serviceSeed;
    private readonly ConcurrentDictionary<string, SandboxRegisteredLimit> _registered = new();
    private readonly ConcurrentDictionary<string, SandboxLimit> _limits = new();

    /// <summary>By id.</summary>
    public IEnumerable<SandboxRegisteredLimit> RegisteredLimits =>
        _registered.Values.OrderBy(limit => limit.Id, StringComparer.Ordinal);

    /// <summary>Of projects; by id.</summary>
    public IEnumerable<SandboxLimit> Limits => _limits.Values.OrderBy(limit => limit.Id, StringComparer.Ordinal);

    public void Put(SandboxRegisteredLimit limit) => _registered[limit.Id] = limit;

    public void Put(SandboxLimit limit) => _limits[limit.Id] = limit;

    public void RemoveRegisteredLimit(string id) => _registered.TryRemove(id, out _);

    public void RemoveLimit(string id) => _limits.TryRemove(id, out _);

    internal SandboxLimit? FindLimit(string id) => _limits.GetValueOrDefault(id);

    internal SandboxRegisteredLimit? FindRegistered(string id) => _registered.GetValueOrDefault(id);

    internal SandboxRegisteredLimit? FindRegistered(string service, string? region, string resource) =>
        _registered.Values.FirstOrDefault(limit =>
            limit.ServiceId == service && limit.RegionId == region && limit.Resource == resource
        );

    /// <summary>Gives a project quotas of Nova, Cinder or Neutron beside those that it has; an id of nobody gets none.</summary>
    public void SetQuotas(string projectId, IReadOnlyDictionary<string, long> quotas)
    {
        while (_projects.TryGetValue(projectId, out var project))
        {
            var all = new Dictionary<string, long>(project.Quotas);
            foreach (var (name, limit) in quotas)
            {
                all[name] = limit;
            }
            if (_projects.TryUpdate(projectId, project with { Quotas = all }, project))
            {
                return;
            }
        }
    }

    /// <summary>Id of a service in the catalog.</summary>
    /// <param name="type">For instance <c>compute</c>.</param>
    public string ServiceId(string type) => Mix.Hex(_serviceSeed, (ServiceNumber(type) * 10) + 9);

    internal static ulong ServiceNumber(string type) =>
        type switch
        {
            "identity" => 1,
            "compute" => 2,
            "image" => 3,
            "network" => 4,
            "volumev3" => 5,
            _ => 6,
        };

    /// <summary>What a service that uses Keystone's limits finds there: the project's own, the registered one, or 0.</summary>
    internal long LimitOf(string serviceType, string? projectId, string resource)
    {
        var service = ServiceId(serviceType);
        var own = _limits.Values.FirstOrDefault(limit =>
            projectId is not null
            && limit.ProjectId == projectId
            && limit.ServiceId == service
            && limit.RegionId == FederationSandbox.Region
            && limit.Resource == resource
        );
        return own?.Limit ?? FindRegistered(service, FederationSandbox.Region, resource)?.Default ?? 0;
    }

    private void Register(string serviceType, string resource, long limit) =>
        Put(
            new SandboxRegisteredLimit
            {
                Id = _seeded.Hex($"registered limit {serviceType} {resource}", 0),
                ServiceId = ServiceId(serviceType),
                RegionId = FederationSandbox.Region,
                Resource = resource,
                Default = limit,
            }
        );

    private void RegisterLimits(SandboxOptions options)
    {
        Register("image", "image_count_total", 10_000);
        Register("image", "image_count_uploading", 10_000);
        Register("image", "image_size_total", 100_000_000);
        Register("image", "image_stage_total", 100_000_000);
        if (!options.ComputeUnifiedLimits)
        {
            return;
        }
        Register("compute", "servers", 200);
        Register("compute", "class:VCPU", 1000);
        Register("compute", "class:MEMORY_MB", 4_000_000);
        Register("compute", "class:DISK_GB", 10_000_000);
        Register("compute", "server_key_pairs", 100);
    }
}

/// <summary>What may be limited, with the limit of projects that have none of their own.</summary>
public sealed record SandboxRegisteredLimit
{
    public required string Id { get; init; }
    public required string ServiceId { get; init; }

    /// <summary>Null: of no region, which services do not look at.</summary>
    public string? RegionId { get; init; }
    public required string Resource { get; init; }

    /// <summary>-1: unlimited.</summary>
    public required long Default { get; init; }
}

/// <summary>A project's own limit; -1: unlimited.</summary>
public sealed record SandboxLimit
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string ServiceId { get; init; }
    public string? RegionId { get; init; }
    public required string Resource { get; init; }
    public required long Limit { get; init; }
}
