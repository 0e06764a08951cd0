using FedSite.Configuration;
using FedSite.Information.Gocdb;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;
using FedSite.OpenStack.Network;

namespace FedSite.Information;

/// <summary>All that a run found out about a site.</summary>
internal sealed record SiteFacts
{
    public required string SiteName { get; init; }

    /// <summary>Keystone's URL as the federation knows it.</summary>
    public required string Endpoint { get; init; }

    /// <summary>One instant for the whole document.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>keystoneauth plugin of the site's account.</summary>
    public required string Authentication { get; init; }

    public required GocdbAnswer Gocdb { get; init; }
    public required EndpointCertificates Certificates { get; init; }
    public required IReadOnlyList<ShareFacts> Shares { get; init; }

    /// <summary>VOs without a share: not even the ids of their projects are known.</summary>
    public required IReadOnlyList<VoFailure> Homeless { get; init; }

    /// <summary>Why Keystone did not list the account's projects, so that VOs may be missing; null: it did.</summary>
    public string? ProjectsFailure { get; init; }

    /// <summary>An account was let into a project.</summary>
    public bool SomebodyGotIn => Shares.Any(share => share.Project.IsOpen);

    /// <summary>Each project once, however many VOs have it.</summary>
    public IEnumerable<ProjectFacts> Projects => Shares.Select(share => share.Project).Distinct();

    /// <summary>Each cloud once: one for each Keystone and region.</summary>
    public IEnumerable<CloudFacts> Clouds => Shares.Select(share => share.Project.Cloud).Distinct();

    /// <summary>What went wrong, for the document and for people; VO null: it concerns all.</summary>
    public IEnumerable<(string? Vo, PartFailure Failure)> Failures =>
        Homeless
            .Select(failure => ((string?)failure.Vo, new PartFailure(Parts.Project, failure.Info)))
            .Concat(Shares.SelectMany(share => share.Project.Failures.Select(f => ((string?)share.Vo, f))))
            .Concat(Clouds.SelectMany(cloud => cloud.Failures.Select(f => ((string?)null, f))))
            .Concat(ProjectsFailure is { } info ? [((string?)null, new PartFailure(Parts.Projects, info))] : []);
}

/// <summary>A VO in a project.</summary>
internal sealed record ShareFacts(string Vo, ProjectFacts Project, ShareNetworksConfig? Networks, string? Sla);

/// <summary>What a project told about itself. What is null is not known.</summary>
internal sealed class ProjectFacts(CloudFacts cloud)
{
    private readonly List<PartFailure> _failures = [];

    public CloudFacts Cloud => cloud;

    /// <summary>Null: it was given by a name that Keystone could not tell the id of.</summary>
    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary>Name of the project's domain.</summary>
    public string? Domain { get; set; }

    /// <summary>Keystone let the account into the project.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Those that its members can boot.</summary>
    public IReadOnlyList<CloudImage>? Images { get; set; }

    /// <summary>Those that its members can use.</summary>
    public IReadOnlyList<ListedFlavor>? Flavors { get; set; }

    /// <summary>Numbers of its servers by status.</summary>
    public IReadOnlyDictionary<string, long>? ServerStates { get; set; }

    public IReadOnlyDictionary<string, QuotaUse>? ComputeQuota { get; set; }
    public IReadOnlyDictionary<string, QuotaUse>? VolumeQuota { get; set; }
    public IReadOnlyDictionary<string, QuotaUse>? NetworkQuota { get; set; }

    /// <summary>In the order of the parts' names.</summary>
    public IReadOnlyList<PartFailure> Failures
    {
        get
        {
            lock (_failures)
            {
                return [.. _failures.OrderBy(failure => failure.Part, StringComparer.Ordinal)];
            }
        }
    }

    public void Fail(PartFailure failure)
    {
        lock (_failures)
        {
            _failures.Add(failure);
        }
    }
}

/// <summary>What all projects of a cloud share. What is null is not known.</summary>
internal sealed class CloudFacts
{
    public string? Region { get; set; }

    /// <summary>URL of Glance, without a trailing slash.</summary>
    public string? ImageUrl { get; set; }

    /// <summary>The same for a region that one account names and another finds to be the only one.</summary>
    public object Place => Region is { } region && ImageUrl is { } url ? (region, url) : this;

    /// <summary>Nova's newest microversion.</summary>
    public string? ComputeVersion { get; set; }

    /// <summary>Superseded versions of public images.</summary>
    public IReadOnlyList<CloudImage>? HiddenImages { get; set; }

    /// <summary>Networks that lead out of the cloud.</summary>
    public IReadOnlyList<CloudNetwork>? ExternalNetworks { get; set; }

    /// <summary>Those that everybody may have.</summary>
    public IReadOnlyList<string>? VolumeTypes { get; set; }

    public IReadOnlyList<PartFailure> Failures { get; set; } = [];

    /// <summary>That part was read.</summary>
    public bool Knows(string part) =>
        part switch
        {
            Parts.ComputeVersion => ComputeVersion is not null,
            Parts.HiddenImages => HiddenImages is not null,
            Parts.Networks => ExternalNetworks is not null,
            Parts.VolumeTypes => VolumeTypes is not null,
            _ => false,
        };
}

/// <summary>A part of a share, or of the site, that could not be read.</summary>
/// <param name="Part">A word of <see cref="Parts"/>.</param>
/// <param name="Info">Why, in words that may be published.</param>
internal sealed record PartFailure(string Part, string Info);

/// <summary>A VO that has no share in the document.</summary>
internal sealed record VoFailure(string Vo, string Info);

/// <summary>What is read for a share, or once for the site.</summary>
internal static class Parts
{
    public const string Project = "project";
    public const string Projects = "projects";
    public const string Token = "token";
    public const string Images = "images";
    public const string Flavors = "flavors";
    public const string Servers = "servers";
    public const string ComputeQuota = "compute-quota";
    public const string VolumeQuota = "volume-quota";
    public const string NetworkQuota = "network-quota";
    public const string HiddenImages = "hidden-images";
    public const string Networks = "networks";
    public const string VolumeTypes = "volume-types";
    public const string ComputeVersion = "compute-version";
}
