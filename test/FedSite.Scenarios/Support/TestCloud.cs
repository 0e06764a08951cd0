using System.Text.Json;

namespace FedSite.Scenarios.Support;

/// <summary>What <c>test/cloud/cloud seed</c> made, by the keys of its <c>content.py</c>.</summary>
internal sealed record TestCloud
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public required Uri Keystone { get; init; }
    public required string Region { get; init; }

    /// <summary>Socket of the services' MariaDB; root, no password.</summary>
    public required string DatabaseSocket { get; init; }

    /// <summary>The moment from which ages count, UTC.</summary>
    public required DateTimeOffset Seeded { get; init; }
    public required IReadOnlyDictionary<string, SeededAccount> Accounts { get; init; }
    public required SeededApplicationCredential ApplicationCredential { get; init; }
    public required SeededObjectStore ObjectStore { get; init; }
    public required IReadOnlyDictionary<string, SeededProject> Projects { get; init; }
    public required IReadOnlyDictionary<string, SeededUser> Users { get; init; }
    public required IReadOnlyDictionary<string, SeededImage> Images { get; init; }
    public required IReadOnlyDictionary<string, SeededFlavor> Flavors { get; init; }
    public required IReadOnlyDictionary<string, SeededServer> Servers { get; init; }
    public required IReadOnlyDictionary<string, SeededVolume> Volumes { get; init; }

    /// <summary>By name; <c>__DEFAULT__</c> is there besides.</summary>
    public required IReadOnlyDictionary<string, SeededVolumeType> VolumeTypes { get; init; }
    public required IReadOnlyDictionary<string, SeededNetwork> Networks { get; init; }

    /// <summary>By the key of the server that has the port.</summary>
    public required IReadOnlyDictionary<string, SeededPort> Ports { get; init; }
    public required IReadOnlyDictionary<string, SeededFloatingIp> FloatingIps { get; init; }

    public static TestCloud Load(string path)
    {
        using var file = File.OpenRead(path);
        return JsonSerializer.Deserialize<TestCloud>(file, Format)
            ?? throw new InvalidDataException($"{path} is empty.");
    }
}

/// <summary>A user of domain Default who may log in.</summary>
internal sealed record SeededAccount(string Id, string Username, string Password);

/// <param name="Project">Key of the project that it is scoped to.</param>
internal sealed record SeededApplicationCredential(string Id, string Secret, string Project);

/// <param name="Url">Of the project's account in Swift.</param>
/// <param name="Container">Empty.</param>
/// <param name="Project">Key of the project.</param>
/// <param name="Account">Key of an account with role <c>member</c> there.</param>
internal sealed record SeededObjectStore(Uri Url, string Container, string Project, string Account);

internal sealed record SeededProject(
    string Id,
    string Name,
    IReadOnlyDictionary<string, JsonElement> Properties,
    IReadOnlyList<string> Tags,
    bool Enabled
);

internal sealed record SeededUser(string Id, string Name, bool Deleted);

/// <summary>An image; project, the keys of members, and snapshotOf are keys of this description.</summary>
/// <param name="Project">Key of a project, or <c>admin</c>.</param>
/// <param name="Members">What projects answered to whom it is offered: <c>accepted</c> or <c>pending</c>.</param>
/// <param name="SnapshotOf">The server that it was made of; null: it was uploaded.</param>
internal sealed record SeededImage(
    string Id,
    string Name,
    IReadOnlyDictionary<string, string> Properties,
    string Project,
    string Visibility,
    bool Hidden,
    string Status,
    IReadOnlyDictionary<string, string> Members,
    string? SnapshotOf,
    DateTimeOffset Created
);

/// <param name="Id">Null when the flavor has been deleted since.</param>
/// <param name="Access">Keys of the projects that have it when it is not public.</param>
internal sealed record SeededFlavor(
    string? Id,
    int Vcpus,
    int RamMiB,
    int DiskGiB,
    int EphemeralGiB,
    IReadOnlyDictionary<string, string> ExtraSpecs,
    bool Public,
    IReadOnlyList<string> Access,
    bool Deleted
);

/// <summary>A server; project, user, flavor and image are keys of this description. Image is null when booted from a volume.</summary>
internal sealed record SeededServer(
    string Id,
    string Name,
    string Project,
    string User,
    string Flavor,
    string? Image,
    string Status,
    int FloatingAddresses,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    DateTimeOffset? Launched,
    DateTimeOffset? Terminated
);

/// <summary>A volume; project, user, servers and copyOf are keys of this description.</summary>
/// <param name="CopyOf">The volume whose migration, still under way, made this one.</param>
/// <param name="Deleted">Null: it is there.</param>
internal sealed record SeededVolume(
    string Id,
    string? Name,
    string Project,
    string User,
    long SizeGiB,
    string Type,
    IReadOnlyList<string> Servers,
    string? CopyOf,
    DateTimeOffset Created,
    DateTimeOffset? Deleted
);

/// <param name="Access">Keys of the projects that have it when it is not public.</param>
internal sealed record SeededVolumeType(bool Public, IReadOnlyList<string> Access);

/// <param name="Project">Key of a project, or <c>admin</c>.</param>
internal sealed record SeededNetwork(string Id, string Name, string Project, bool External, bool Shared);

/// <param name="Network">Key of the network.</param>
internal sealed record SeededPort(string Id, string Network, IReadOnlyList<string> Addresses, DateTimeOffset Created);

/// <summary>A floating address; project and server are keys. Server is null when it is at none.</summary>
internal sealed record SeededFloatingIp(
    string Id,
    string Address,
    string Project,
    string? Server,
    DateTimeOffset Created
);
