namespace FedSite.Sandbox.World;

/// <summary>A project with its extra properties.</summary>
public sealed record SandboxProject
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string DomainId { get; init; } = "default";
    public string? Description { get; init; } = "";
    public bool Enabled { get; init; } = true;
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Extra keys of the JSON object, such as <c>egi.VO</c>; a value is one text or several.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Properties { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// Extra keys with a value that is neither a text nor texts, as JSON: <c>null</c> is what Keystone leaves of a
    /// property that was taken away.
    /// </summary>
    public IReadOnlyDictionary<string, string> OtherProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Limits of Nova, Cinder and Neutron that are its own, by their names, for instance <c>cores</c>, <c>gigabytes</c>,
    /// <c>floatingip</c>; -1: unlimited.
    /// </summary>
    public IReadOnlyDictionary<string, long> Quotas { get; init; } = new Dictionary<string, long>();
}

/// <summary>A user; <see cref="Password"/> null: only federated access.</summary>
public sealed record SandboxUser
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string DomainId { get; init; } = "default";
    public string? Password { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>Only with a federated login whose mapping gives one.</summary>
    public string? Email { get; init; }

    /// <summary>Empty for a user of the cloud's own.</summary>
    public IReadOnlyList<SandboxFederatedId> Federated { get; init; } = [];
}

/// <summary>A flavor; memory in MiB, disks in GiB.</summary>
public sealed record SandboxFlavor
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required int Vcpus { get; init; }
    public required int Ram { get; init; }
    public required int Disk { get; init; }
    public int Ephemeral { get; init; }

    /// <summary>MiB.</summary>
    public int Swap { get; init; }
    public IReadOnlyDictionary<string, string> ExtraSpecs { get; init; } = new Dictionary<string, string>();

    /// <summary>False: for admins and the projects in <see cref="Access"/>.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Ids of projects.</summary>
    public IReadOnlyList<string> Access { get; init; } = [];

    /// <summary>Listed to admins alone.</summary>
    public bool Disabled { get; init; }

    /// <summary>True: servers still have it, the API no longer lists it.</summary>
    public bool Removed { get; init; }
}

/// <summary>A domain of Keystone.</summary>
public sealed record SandboxDomain
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; } = "";
    public bool Enabled { get; init; } = true;
}
