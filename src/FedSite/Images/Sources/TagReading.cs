using System.Globalization;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Oci;

namespace FedSite.Images.Sources;

/// <summary>A tag of a repository, as a registry lists it.</summary>
/// <param name="Digest">Null: the registry tells when it is asked for the tag.</param>
/// <param name="Pushed">Null: not said.</param>
internal sealed record ListedTag(string Name, string? Digest = null, string? Pushed = null);

/// <summary>Follows a tag through its manifests to the images that it stands for.</summary>
internal sealed class TagReading(
    RegistryClient client,
    IManifestMemory memory,
    ImageSourceConfig config,
    string source,
    DateTimeOffset now
)
{
    /// <summary>Indexes in indexes.</summary>
    private const int MaxDepth = 3;

    /// <summary>Manifests behind one tag.</summary>
    private const int MaxManifests = 64;

    /// <summary>Bytes of a manifest that is remembered.</summary>
    private const int MostKept = 64 << 10;

    /// <summary>Clocks of publishers are not exact.</summary>
    private static readonly TimeSpan ToleratedFuture = TimeSpan.FromDays(1);

    /// <summary>No image of a machine is older.</summary>
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What one manifest is: an image, or why it is none.</summary>
    private sealed record Found(string? Architecture, ImageOffer? Offer, string Id = "", string Reason = "");

    private sealed class Walk
    {
        public List<Found> Found { get; } = [];

        /// <summary>Something is there that is none of our business.</summary>
        public bool IsExplained { get; set; }

        public int Manifests { get; set; }
    }

    /// <exception cref="FedSiteException">A manifest can't be had: about the tag nothing is known.</exception>
    public async Task<(IReadOnlyList<ImageOffer> Offers, IReadOnlyList<RefusedOffer> Refused)> ReadAsync(
        string repository,
        ListedTag tag,
        CancellationToken ct
    )
    {
        var slot = $"{client.Url.Authority}/{repository}:{tag.Name}";
        var walk = new Walk();
        try
        {
            var digest = tag.Digest ?? await client.HeadManifestAsync(repository, tag.Name, ct);
            await FollowAsync(walk, new Visit(repository, tag, digest, Platform: null, Annotations.None, Depth: 0), ct);
        }
        catch (JsonException e)
        {
            return (
                [],
                [Refuse(slot, "bad-manifest", $"its manifest can't be read: {RegistryFailures.Plain(e.Message)}")]
            );
        }
        return Sort(slot, walk);
    }

    private sealed record Visit(
        string Repository,
        ListedTag Tag,
        string Digest,
        string? Platform,
        IReadOnlyDictionary<string, string> Inherited,
        int Depth
    );

    private async Task FollowAsync(Walk walk, Visit visit, CancellationToken ct)
    {
        if (!ContentDigest.IsOne(visit.Digest))
        {
            walk.Found.Add(NoDigest(visit.Platform, "its manifest", visit.Digest));
            return;
        }
        if (++walk.Manifests > MaxManifests)
        {
            throw new JsonException($"more than {MaxManifests} manifests are behind it");
        }
        var manifest = OciManifest.Read(await BodyAsync(visit, ct));
        if (manifest.Manifests is null)
        {
            Judge(walk, visit, manifest);
            return;
        }
        if (visit.Depth == MaxDepth)
        {
            throw new JsonException($"indexes are nested more than {MaxDepth} times");
        }
        foreach (var child in manifest.Manifests)
        {
            await FollowAsync(walk, visit, manifest, child ?? throw new JsonException("an entry is null"), ct);
        }
    }

    private async Task FollowAsync(Walk walk, Visit visit, OciManifest index, OciDescriptor child, CancellationToken ct)
    {
        var architecture = Architectures.Of(child.Platform?.Architecture) ?? visit.Platform;
        if (!IsWanted(child, architecture))
        {
            walk.IsExplained = true;
            return;
        }
        var next = visit with
        {
            Digest = child.Digest ?? "",
            Platform = architecture,
            Inherited = Annotations.Merge(child.Annotations, index.Annotations, Annotations.Level(visit.Inherited)),
            Depth = visit.Depth + 1,
        };
        await FollowAsync(walk, next, ct);
    }

    private bool IsWanted(OciDescriptor child, string? architecture) =>
        child.Platform?.Os is null or "" or "linux"
        && (architecture is null || config.Architectures.Contains(architecture))
        && !child.Annotations.ContainsKey("vnd.docker.reference.type");

    private void Judge(Walk walk, Visit visit, OciManifest manifest)
    {
        var layers = manifest.Layers!.Select(layer => layer ?? throw new JsonException("a layer is null")).ToList();
        if (LayerKind.IsOfContainer(manifest) || (layers.Count > 0 && layers.TrueForAll(LayerKind.IsNoDisk)))
        {
            walk.IsExplained = true;
            return;
        }
        switch (layers)
        {
            case []:
                walk.Found.Add(new Found(visit.Platform, null, "no-image", "it has no layer"));
                break;
            case [{ Size: null or <= 0 }]:
                walk.Found.Add(new Found(visit.Platform, null, "bad-manifest", "the size of its file is not said"));
                break;
            case [var layer] when !ContentDigest.IsOne(layer.Digest):
                walk.Found.Add(NoDigest(visit.Platform, "its file", layer.Digest));
                break;
            case [var layer]:
                Offer(walk, visit, manifest, layer);
                break;
            default:
                var names = layers.Take(5).Select(Name);
                var reason = $"it has {layers.Count} files ({string.Join(", ", names)}); an image is one";
                walk.Found.Add(new Found(visit.Platform, null, "several-layers", reason));
                break;
        }
    }

    private void Offer(Walk walk, Visit visit, OciManifest manifest, OciDescriptor layer)
    {
        var annotations = Annotations.Merge(
            layer.Annotations,
            manifest.Annotations,
            Annotations.Level(visit.Inherited)
        );
        var architecture = visit.Platform ?? Architectures.Of(annotations.GetValueOrDefault(Annotations.Architecture));
        if (architecture is not null && !config.Architectures.Contains(architecture))
        {
            walk.IsExplained = true;
            return;
        }
        var offer = new ImageOffer
        {
            Source = source,
            Slot = "",
            Registry = client.Url.Authority,
            Project = visit.Repository.Split('/')[0],
            Repository = visit.Repository,
            Tag = visit.Tag.Name,
            Architecture = architecture,
            Manifest = visit.Digest,
            Content = layer.Digest!,
            Size = layer.Size!.Value,
            Format = LayerKind.Format(layer, annotations, out var isGuessed),
            IsFormatGuessed = isGuessed,
            Annotations = annotations,
            Created = Time(annotations.GetValueOrDefault(Annotations.Created)) ?? Time(visit.Tag.Pushed),
        };
        walk.Found.Add(new Found(architecture, offer));
    }

    /// <summary>One image for each architecture, under the names that their number demands.</summary>
    private static (IReadOnlyList<ImageOffer>, IReadOnlyList<RefusedOffer>) Sort(string slot, Walk walk)
    {
        if (walk.Found.Count == 0)
        {
            return ([], walk.IsExplained ? [] : [Refuse(slot, "no-image", "there is no image behind it")]);
        }
        var chosen = walk
            .Found.GroupBy(found => found.Architecture)
            .Select(group => group.FirstOrDefault(found => found.Offer is not null) ?? group.First())
            .OrderBy(found => found.Architecture, StringComparer.Ordinal)
            .ToList();
        if (chosen.Count > 1 && chosen.Exists(found => found.Architecture is null))
        {
            const string Reason = "of several images some name no architecture";
            return ([], [Refuse(slot, "bad-manifest", Reason)]);
        }
        string Named(Found found) => chosen.Count > 1 ? $"{slot}@{found.Architecture}" : slot;
        return (
            [.. chosen.Where(f => f.Offer is not null).Select(f => f.Offer! with { Slot = Named(f) })],
            [.. chosen.Where(f => f.Offer is null).Select(f => Refuse(Named(f), f.Id, f.Reason))]
        );
    }

    private async Task<byte[]> BodyAsync(Visit visit, CancellationToken ct)
    {
        if (memory.Find(visit.Digest) is { } kept && ContentDigest.Fits(visit.Digest, kept))
        {
            return kept;
        }
        var served = await client.GetManifestAsync(visit.Repository, visit.Digest, ct);
        // Larger ones are no manifests of images, but would fill the disk.
        if (served.Body.Length <= MostKept)
        {
            memory.Keep(visit.Digest, served.Body);
        }
        return served.Body;
    }

    /// <summary>Null: not said, or no time that can be true.</summary>
    private DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
        && time >= Earliest
        && time <= now + ToleratedFuture
            ? time
            : null;

    private static Found NoDigest(string? architecture, string what, string? digest) =>
        new(
            architecture,
            null,
            "no-digest",
            $"{what} has no digest by SHA-256 or SHA-512 (`{RegistryFailures.Plain(digest)}`)"
        );

    private static string Name(OciDescriptor layer) =>
        RegistryFailures.Plain(layer.Annotations.GetValueOrDefault(Annotations.Title) ?? layer.MediaType);

    private static RefusedOffer Refuse(string slot, string id, string reason) => new(slot, id, reason);
}
