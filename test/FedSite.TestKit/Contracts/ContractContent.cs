using System.Text.Json.Nodes;
using FedSite.Sandbox.World;

namespace FedSite.TestKit.Contracts;

/// <summary>What not everybody sees. "The project" is <see cref="ContractCloud.ProjectId"/>.</summary>
public sealed record ContractContent
{
    /// <summary>Id of a private flavor that the project has access to; it has extra specs.</summary>
    public required string ReservedFlavor { get; init; }

    /// <summary>Id of a private flavor that the project has no access to.</summary>
    public required string ForeignFlavor { get; init; }

    /// <summary>Name of a private type of volumes that the project has access to.</summary>
    public required string ReservedVolumeType { get; init; }

    /// <summary>Name of a private type of volumes that the project has no access to.</summary>
    public required string ForeignVolumeType { get; init; }

    /// <summary>Id of the project's image of visibility <c>private</c>.</summary>
    public required string PrivateImage { get; init; }

    /// <summary>Id of the project's image of visibility <c>shared</c> that it shares with nobody.</summary>
    public required string OwnSharedImage { get; init; }

    /// <summary>Id of the image of another project that the project accepted.</summary>
    public required string SharedImage { get; init; }

    /// <summary>Id of the image of another project that was offered to the project, which has not answered.</summary>
    public required string OfferedImage { get; init; }

    /// <summary>Id of another project's community image.</summary>
    public required string CommunityImage { get; init; }

    /// <summary>Id of a public image that is hidden.</summary>
    public required string HiddenImage { get; init; }

    /// <summary>Id of a public image that nobody uploaded.</summary>
    public required string QueuedImage { get; init; }

    /// <summary>Id of a small public flavor without extra specs.</summary>
    public required string PlainFlavor { get; init; }

    /// <summary>Id of a public image from which a server of <see cref="PlainFlavor"/> starts.</summary>
    public required string PlainImage { get; init; }

    /// <param name="cloud">Description that the seeding of the test cloud writes.</param>
    public static ContractContent Read(JsonNode cloud)
    {
        return new ContractContent
        {
            ReservedFlavor = Id("flavors", "reserved"),
            ForeignFlavor = Id("flavors", "gpu-slice"),
            ReservedVolumeType = "reserved",
            ForeignVolumeType = "nobody",
            PrivateImage = Id("images", "private"),
            OwnSharedImage = Id("images", "ownShared"),
            SharedImage = Id("images", "shared"),
            OfferedImage = Id("images", "offered"),
            CommunityImage = Id("images", "community"),
            HiddenImage = Id("images", "registryBefore"),
            QueuedImage = Id("images", "empty"),
            PlainFlavor = Id("flavors", "tiny"),
            PlainImage = Id("images", "plain"),
        };

        string Id(string kind, string key) => (string)cloud[kind]![key]!["id"]!;
    }

    /// <summary>Adds all that to a sandbox.</summary>
    public static ContractContent Put(CloudWorld world, string project, string other)
    {
        world.Put(
            new SandboxVolumeType("44444444-0000-4000-8000-000000000001", "reserved")
            {
                IsPublic = false,
                Access = [project],
            }
        );
        world.Put(
            new SandboxVolumeType("44444444-0000-4000-8000-000000000002", "foreign")
            {
                IsPublic = false,
                Access = [other],
            }
        );
        return new ContractContent
        {
            ReservedFlavor = Flavor(1, [project]),
            ForeignFlavor = Flavor(2, [other]),
            ReservedVolumeType = "reserved",
            ForeignVolumeType = "foreign",
            PrivateImage = Image(1, project, "private"),
            OwnSharedImage = Image(2, project, "shared"),
            SharedImage = Image(3, other, "shared", "accepted"),
            OfferedImage = Image(4, other, "shared", "pending"),
            CommunityImage = Image(5, other, "community"),
            HiddenImage = Image(6, world.AdminProject.Id, "public", hidden: true),
            QueuedImage = Image(7, world.AdminProject.Id, "public", status: "queued"),
            PlainFlavor = world
                .Flavors.First(flavor => flavor is { IsPublic: true, ExtraSpecs.Count: 0, Removed: false })
                .Id,
            PlainImage = world.Images.First(image => image.Visibility == "public").Id,
        };

        string Flavor(int number, string[] access)
        {
            var flavor = new SandboxFlavor
            {
                Id = $"55555555-0000-4000-8000-00000000000{number}",
                Name = $"private {number}",
                Vcpus = 2,
                Ram = 2048,
                Disk = 20,
                ExtraSpecs = new Dictionary<string, string> { ["infiniband"] = "true" },
                IsPublic = false,
                Access = access,
            };
            world.Put(flavor);
            return flavor.Id;
        }

        string Image(
            int number,
            string owner,
            string visibility,
            string? answer = null,
            bool hidden = false,
            string status = "active"
        )
        {
            var image = new SandboxImage
            {
                Id = $"66666666-0000-4000-8000-00000000000{number}",
                Name = $"image {number}",
                OwnerId = owner,
                Visibility = visibility,
                Hidden = hidden,
                Status = status,
                Members = answer is null ? new Dictionary<string, string>() : new() { [project] = answer },
            };
            world.Put(image);
            return image.Id;
        }
    }
}
