using System.Globalization;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.OpenStack.Image;

namespace FedSite.Tests.Images.Plans;

/// <summary>A site with two VOs and one source; tests change what they are about.</summary>
internal sealed class PlanWorld : IImageMemory
{
    public const string Owner = "owner";
    public const string Slot = "registry.example.org/images/debian:12";
    public static readonly DateTimeOffset Now = new(2026, 10, 10, 12, 0, 0, TimeSpan.Zero);

    private int _images;

    public ImagesConfig Config { get; set; } = new();
    public List<ImageSourceConfig> Sources { get; } =
    [new() { Registry = "https://registry.example.org", Project = "images" }];
    public List<ImageOffer> Offers { get; } = [];
    public List<RefusedOffer> Refused { get; } = [];
    public List<UnreadPart> Unread { get; } = [];
    public Dictionary<string, FedSiteException> Failures { get; } = [];
    public List<SiteImage> Images { get; } = [];
    public Dictionary<string, IReadOnlyList<ImageMember>> Members { get; } = [];
    public SiteVos Vos { get; set; } = new([new("vo.a", "project-a"), new("vo.b", "project-b")], [], IsComplete: true);
    public Dictionary<string, HashSet<string>> History { get; } = [];
    public Dictionary<string, (string Id, string Reason)> Dangers { get; } = [];
    public string? OnlyVo { get; set; }
    public IReadOnlySet<string>? OnlySources { get; set; }
    public bool Force { get; set; }

    public ImagePlan Plan() =>
        ImagePlanner.Plan(
            new PlanInput
            {
                Config = Config,
                Sources = [.. Sources.Select(Read)],
                Images = Images,
                Members = Members,
                Vos = Vos,
                Memory = this,
                Now = Now,
                OnlyVo = OnlyVo,
                OnlySources = OnlySources,
                Force = Force,
            }
        );

    public SlotPlan One(string slot = Slot) => Assert.Single(Plan().Slots, plan => plan.Slot == slot);

    /// <summary>Steps of the slot, in the order of the work.</summary>
    public IReadOnlyList<ImageStep> Steps(string slot = Slot) => [.. One(slot).Actions.Select(action => action.Step)];

    public ImageOffer Offer(string version, string slot = Slot, string source = "images", int day = 1, long size = 1000)
    {
        var offer = new ImageOffer
        {
            Source = source,
            Slot = slot,
            Registry = "registry.example.org",
            Project = "images",
            Repository = slot[(slot.IndexOf('/', StringComparison.Ordinal) + 1)..slot.LastIndexOf(':')],
            Tag = slot[(slot.LastIndexOf(':') + 1)..],
            Manifest = $"sha256:m-{version}",
            Content = $"sha256:c-{version}",
            Size = size,
            Format = "qcow2",
            Annotations = new Dictionary<string, string>(),
            Created = new DateTimeOffset(2026, 10, day, 0, 0, 0, TimeSpan.Zero),
        };
        Offers.Add(offer);
        return offer;
    }

    /// <summary>An image of the version, as an earlier run left it: verified, shared with both VOs.</summary>
    public SiteImage Image(
        string version,
        string slot = Slot,
        int day = 1,
        string source = "images",
        string status = "active",
        int? hiddenDays = null,
        string hiddenFor = "replaced",
        bool verified = true,
        string format = "qcow2",
        string visibility = "shared",
        IReadOnlyDictionary<string, string?>? properties = null
    )
    {
        var offers = Offers.Count;
        var offer = Offer(version, slot, source, day);
        Offers.RemoveRange(offers, 1);
        var values = ImageProperties.Of(offer, "SITE").ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        if (verified)
            values[ImageKeys.Verified] = "00";
        if (hiddenDays is { } days)
        {
            values[ImageKeys.HiddenAt] = ImageProperties.Iso(Now - TimeSpan.FromDays(days));
            values[ImageKeys.HiddenFor] = hiddenFor;
        }

        foreach (var (key, value) in properties ?? new Dictionary<string, string?>())
            values[key] = value;
        var image = SiteImage.Of(
            new CloudImage
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"image-{++_images}"),
                Name = ImageProperties.NameOf(offer),
                Status = status,
                Visibility = visibility,
                Owner = Owner,
                Size = offer.Size,
                DiskFormat = format,
                Hidden = hiddenDays is not null,
                Created = offer.Created,
                Updated = offer.Created,
                Properties = values
                    .Where(pair => pair.Value is not null)
                    .ToDictionary(
                        pair => pair.Key,
                        pair => JsonDocument.Parse($"\"{JsonEncodedText.Encode(pair.Value!)}\"").RootElement
                    ),
            },
            "SITE"
        )!;
        Images.Add(image);
        Share(image, "project-a", "project-b");
        return image;
    }

    public void Share(SiteImage image, params string[] projects) =>
        Members[image.Id] = [.. projects.Select(id => new ImageMember { ProjectId = id, Status = "accepted" })];

    public ImageSourceConfig AddSource(string name, params string[] vos)
    {
        var source = new ImageSourceConfig
        {
            Registry = "https://registry.example.org",
            Name = name,
            Vos = vos,
        };
        Sources.Add(source);
        return source;
    }

    IReadOnlySet<string> IImageMemory.Replaced(string slot) => History.GetValueOrDefault(slot) ?? [];

    (string Id, string Reason)? IImageMemory.Refusal(string slot, string manifest) =>
        Dangers.TryGetValue(manifest, out var danger) ? danger : null;

    private ReadSource Read(ImageSourceConfig config)
    {
        var name = ImagesRules.NameOf(config);
        var listing = Failures.TryGetValue(name, out var failure)
            ? SourceListing.Failed(failure)
            : new SourceListing
            {
                Offers = [.. Offers.Where(offer => offer.Source == name)],
                Refused = Refused,
                Unread = Unread,
            };
        return new ReadSource(config, name, listing);
    }
}
