using System.Text.Json.Nodes;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.TestKit.Contracts;

/// <summary>A cloud that the contracts are tried on. Everybody is in domain <c>Default</c>.</summary>
public sealed record ContractCloud
{
    public required Uri KeystoneUrl { get; init; }

    /// <summary>Admin of the system and of the project <c>admin</c>.</summary>
    public required ContractAccount Admin { get; init; }

    /// <summary>Reads servers in <see cref="ProjectId"/>, and by its role <c>accounting</c> all users and projects.</summary>
    public required ContractAccount Accounting { get; init; }

    /// <summary>Reads servers in <see cref="ProjectId"/>, and may nothing else.</summary>
    public required ContractAccount Plain { get; init; }

    /// <summary>Role <c>reader</c> on the system.</summary>
    public required ContractAccount SystemReader { get; init; }

    /// <summary>Role <c>member</c> in the project <see cref="StoreProjectId"/>.</summary>
    public required ContractAccount Publisher { get; init; }

    /// <summary>Role <c>reader</c>, and no other, in <see cref="ProjectId"/>.</summary>
    public required ContractAccount Reader { get; init; }

    /// <summary>Its account of Swift has the container <see cref="Container"/>.</summary>
    public required string StoreProjectId { get; init; }
    public required string Container { get; init; }

    /// <summary>
    /// Has at least three live servers, one deleted one, tag <c>caso</c> and property <c>egi.VO</c>; one server on the
    /// external network, one on a shared network, one with IPv6 on a network of its own; floating addresses, a free one
    /// too; volumes without a name, free, attached, attached to two servers, and the copy of one that is being moved.
    /// </summary>
    public required string ProjectId { get; init; }
    public required string ProjectName { get; init; }
    public required string Vo { get; init; }

    /// <summary>A project where <see cref="Plain"/> has no role; it has a volume and a port.</summary>
    public required string OtherProjectId { get; init; }

    /// <summary>A volume that <see cref="ProjectId"/> had.</summary>
    public required string DeletedVolumeId { get; init; }

    public required ContractContent Content { get; init; }

    /// <summary>Somebody other than the accounts above.</summary>
    public required string UserId { get; init; }
    public required string UserName { get; init; }

    /// <summary>Of <see cref="Accounting"/> in <see cref="ProjectId"/>.</summary>
    public required string ApplicationCredentialId { get; init; }
    public required string ApplicationCredentialSecret { get; init; }

    public static ContractCloud Of(FederationSandbox sandbox)
    {
        var projects = sandbox.World.SeededProjects.ToList();
        var user = sandbox.World.FederatedUser!;
        var credential = sandbox.World.ApplicationCredentials.First();
        sandbox.World.Put(projects[0] with { Tags = ["caso"] });
        PlugServers(sandbox.World, projects[0].Id);
        sandbox.World.LooksUntilDone = 1;
        return new ContractCloud
        {
            KeystoneUrl = sandbox.KeystoneUrl,
            Admin = Account(sandbox.World.Admin),
            Accounting = Account(sandbox.World.Accounting),
            Plain = Account(sandbox.World.Member),
            SystemReader = Account(PutSystemReader(sandbox.World)),
            Publisher = Account(sandbox.World.Member),
            Reader = Account(PutReader(sandbox.World, projects[0].Id)),
            StoreProjectId = projects[0].Id,
            Container = ObjectStock.FirstContainer,
            ProjectId = projects[0].Id,
            ProjectName = projects[0].Name,
            Vo = projects[0].Properties["egi.VO"][0],
            OtherProjectId = projects[1].Id,
            DeletedVolumeId = PutVolumes(sandbox.World, projects[0].Id),
            Content = ContractContent.Put(sandbox.World, projects[0].Id, projects[1].Id),
            UserId = user.Id,
            UserName = user.Name!,
            ApplicationCredentialId = credential.Id,
            ApplicationCredentialSecret = credential.Secret,
        };

        static ContractAccount Account(SandboxUser user) => new(user.Name, user.Password!);
    }

    private static SandboxUser PutSystemReader(CloudWorld world)
    {
        var reader = new SandboxUser
        {
            Id = "33333333333333333333333333333333",
            Name = "systemReader",
            Password = CloudWorld.Password,
        };
        world.Put(reader);
        world.Grant(reader.Id, CloudWorld.SystemScope, "reader");
        return reader;
    }

    private static SandboxUser PutReader(CloudWorld world, string project)
    {
        var reader = new SandboxUser
        {
            Id = "44444444444444444444444444444444",
            Name = "reader",
            Password = CloudWorld.Password,
        };
        world.Put(reader);
        world.Grant(reader.Id, project, "reader");
        return reader;
    }

    private static void PlugServers(CloudWorld world, string project)
    {
        var plain = world.Servers(project).Where(s => s.FloatingAddresses == 0).ToList();
        foreach (var server in plain)
        {
            world.Put(server with { Network = ServerNetwork.Private });
        }
        var running = plain.Where(s => s.Status == "ACTIVE").ToList();
        world.Put(running[0] with { Network = ServerNetwork.External });
        world.Put(running[1] with { Network = ServerNetwork.Provider });
        world.Put(running[2] with { Network = ServerNetwork.PrivateWithIpv6 });
    }

    /// <returns>Id of a volume that is gone.</returns>
    private static string PutVolumes(CloudWorld world, string project)
    {
        var free = world.Volumes.Of(project).First(v => v.Servers.Count == 0);
        world.Volumes.Put(
            free with
            {
                Id = "11111111-1111-4111-8111-111111111111",
                MigrationStatus = $"target:{free.Id}",
            }
        );
        var gone = free with { Id = "22222222-2222-4222-8222-222222222222" };
        world.Volumes.Put(gone);
        world.Volumes.Remove(gone.Id);
        return gone.Id;
    }

    /// <param name="file">Description that the seeding of the test cloud writes.</param>
    public static ContractCloud Read(string file)
    {
        var cloud = JsonNode.Parse(File.ReadAllText(file))!;
        var project = cloud["projects"]!["alpha"]!;
        var store = cloud["objectStore"]!;
        return new ContractCloud
        {
            KeystoneUrl = new Uri((string)cloud["keystone"]!),
            Admin = Account("admin"),
            Accounting = Account("accounting"),
            Plain = Account("plainReader"),
            SystemReader = Account("systemReader"),
            Publisher = Account((string)store["account"]!),
            Reader = Account("plainReader"),
            StoreProjectId = (string)cloud["projects"]![(string)store["project"]!]!["id"]!,
            Container = (string)store["container"]!,
            ProjectId = (string)project["id"]!,
            ProjectName = (string)project["name"]!,
            Vo = (string)project["properties"]!["egi.VO"]!,
            OtherProjectId = (string)cloud["projects"]!["gpu"]!["id"]!,
            DeletedVolumeId = (string)cloud["volumes"]!["deleted"]!["id"]!,
            Content = ContractContent.Read(cloud),
            UserId = (string)cloud["users"]!["ada"]!["id"]!,
            UserName = (string)cloud["users"]!["ada"]!["name"]!,
            ApplicationCredentialId = (string)cloud["applicationCredential"]!["id"]!,
            ApplicationCredentialSecret = (string)cloud["applicationCredential"]!["secret"]!,
        };

        ContractAccount Account(string name) =>
            new((string)cloud["accounts"]![name]!["username"]!, (string)cloud["accounts"]![name]!["password"]!);
    }

    public CloudCredentials Credentials(ContractAccount account) =>
        new()
        {
            AuthType = AuthType.Password,
            AuthUrl = KeystoneUrl,
            Username = account.Name,
            Password = account.Password,
            UserDomainName = "Default",
            Origin = "contract",
        };
}

public sealed record ContractAccount(string Name, string Password);
