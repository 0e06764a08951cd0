using System.Text.Json;

namespace FedSite.Tests.Information.Consumers;

/// <summary>
/// What the federation's query API makes of documents, and answers. As strict as the real one where a missing or strange
/// member costs the whole site, and as lenient where it costs nothing.
/// </summary>
internal sealed class QueryApi
{
    private readonly List<LoadedSite> _sites = [];
    private readonly List<string> _dropped = [];

    /// <param name="documents">One for each endpoint.</param>
    public QueryApi(params IEnumerable<byte[]> documents)
    {
        foreach (var document in documents)
        {
            try
            {
                using var json = JsonDocument.Parse(document);
                _sites.Add(Load(json.RootElement));
            }
            catch (Exception e)
                when (e
                        is JsonException
                            or KeyNotFoundException
                            or InvalidOperationException
                            or IndexOutOfRangeException
                )
            {
                _dropped.Add(e.Message);
            }
        }

        RenameOlder();
    }

    /// <summary>Why it shows no site for some documents.</summary>
    public IReadOnlyList<string> Dropped => _dropped;

    /// <summary><c>/sites/?vo_name=&amp;include_projects=true</c>.</summary>
    public IReadOnlyList<ApiSite> Sites(string? vo = null) =>
        [.. _sites.Where(site => vo is null || site.Shares.Exists(share => share.Vo == vo)).Select(Describe)];

    /// <summary><c>/site/{name}/?include_projects=true</c>; null: 404.</summary>
    public ApiSite? Site(string name) => Find(name) is { } site ? Describe(site) : null;

    /// <summary><c>/site/{name}/images</c>; null: 404.</summary>
    public IReadOnlyList<ApiImage>? Images(string name, bool onlyEgi = true) =>
        Find(name) is { } site ? Images(site.Shares, onlyEgi) : null;

    /// <summary><c>/site/{name}/{vo}/images</c>; null: 404.</summary>
    public IReadOnlyList<ApiImage>? Images(string name, string vo, bool onlyEgi = true) =>
        Share(name, vo) is { } share ? Images([share], onlyEgi) : null;

    /// <summary><c>/site/{name}/{vo}/project</c>; null: 404.</summary>
    public ApiProject? Project(string name, string vo) =>
        Share(name, vo) is { } share ? new ApiProject(share.Project, share.Vo) : null;

    /// <summary><c>/images/?vo_name=</c>.</summary>
    public IReadOnlyList<ApiImage> ImagesOf(string vo, bool onlyEgi = true) =>
        [
            .. _sites
                .Select(site => site.Shares.Find(share => share.Vo == vo))
                .OfType<LoadedShare>()
                .SelectMany(share => Images([share], onlyEgi)),
        ];

    private static LoadedSite Load(JsonElement document)
    {
        var service = document.GetProperty("CloudComputingService")[0];
        var endpoint = document.GetProperty("CloudComputingEndpoint")[0];
        var shares = new List<LoadedShare>();
        foreach (var share in document.GetProperty("Share").EnumerateArray())
        {
            var id = share.GetProperty("ID").GetString();
            // A share that no policy names is passed over.
            if (VoOf(document, id) is { } vo)
                shares.Add(
                    new LoadedShare(
                        Text(share, "Name"),
                        vo,
                        Text(share, "ProjectID"),
                        [.. Offers(document, "CloudComputingImage", id).Select(ImageOf)],
                        [.. Offers(document, "CloudComputingInstanceType", id).Select(one => FlavorOf(document, one))]
                    )
                );
        }

        return new LoadedSite(
            Text(service.GetProperty("Associations").GetProperty("AdminDomain")[0]),
            Text(endpoint, "URL"),
            Text(service.GetProperty("OtherInfo"), "gocdb_id"),
            shares
        );
    }

    private static string? VoOf(JsonElement document, string? share)
    {
        foreach (var policy in document.GetProperty("MappingPolicy").EnumerateArray())
        {
            var associations = policy.GetProperty("Associations");
            if (Holds(associations.GetProperty("Share"), share))
                return Text(associations.GetProperty("PolicyUserDomain")[0]);
        }

        return null;
    }

    private static IEnumerable<JsonElement> Offers(JsonElement document, string className, string? share) =>
        document
            .GetProperty(className)
            .EnumerateArray()
            .Where(offer => Holds(offer.GetProperty("Associations").GetProperty("Share"), share));

    private static LoadedImage ImageOf(JsonElement image)
    {
        var url = Optional(image, "MarketplaceURL");
        var isEgi = url.Contains("registry.egi.eu", StringComparison.Ordinal);
        var other = image.TryGetProperty("OtherInfo", out var info) ? info : default;
        var hasInfo = isEgi && other.ValueKind is not JsonValueKind.Undefined;
        return new LoadedImage(
            Text(image, "ID"),
            Optional(image, "Name"),
            url,
            !isEgi ? ""
                : hasInfo && other.TryGetProperty("eu.egi.cloud.image_ref", out var reference) ? Text(reference)
                : url,
            hasInfo ? Optional(other, "eu.egi.cloud.tag") : ""
        );
    }

    private static string FlavorOf(JsonElement document, JsonElement flavor)
    {
        // It looks at all accelerators, and finds none: it compares an id with an array.
        if (flavor.GetProperty("Associations").TryGetProperty("CloudComputingVirtualAccelerator", out _))
        {
            foreach (var accelerator in document.GetProperty("CloudComputingVirtualAccelerator").EnumerateArray())
                _ = accelerator.GetProperty("ID");
        }

        return Text(flavor, "Name");
    }

    // Of several endpoints of a site the one with the greatest id, as text, keeps the name.
    private void RenameOlder()
    {
        foreach (var named in _sites.GroupBy(site => site.Name).Where(group => group.Count() > 1).ToList())
        {
            foreach (var older in named.OrderByDescending(site => site.GocdbId, StringComparer.Ordinal).Skip(1))
                _sites[_sites.IndexOf(older)] = older with { Name = $"{older.Name}-{older.GocdbId}" };
        }
    }

    private LoadedSite? Find(string name) => _sites.Find(site => site.Name == name);

    // A part of a path ends at the slash, even at one that is written %2F.
    private LoadedShare? Share(string name, string vo) =>
        vo.Contains('/', StringComparison.Ordinal) ? null : Find(name)?.Shares.Find(share => share.Vo == vo);

    private static ApiSite Describe(LoadedSite site) =>
        new(
            site.GocdbId,
            site.Name,
            site.Url,
            [.. site.Shares.Select(share => new ApiProject(share.Project, share.Vo))]
        );

    private static List<ApiImage> Images(IEnumerable<LoadedShare> shares, bool onlyEgi) =>
        [
            .. shares.SelectMany(share =>
                share
                    .Images.Where(image => !onlyEgi || image.EgiId.Length > 0)
                    .Select(image => new ApiImage(
                        image.EgiId,
                        image.Id,
                        image.Url,
                        image.Name,
                        image.Version,
                        share.Vo
                    ))
            ),
        ];

    private static bool Holds(JsonElement ids, string? id) =>
        ids.EnumerateArray().Any(one => one.ValueKind is JsonValueKind.String && one.GetString() == id);

    private static string Text(JsonElement item, string member) => Text(item.GetProperty(member));

    private static string Optional(JsonElement item, string member) =>
        item.TryGetProperty(member, out var value) ? Text(value) : "";

    private static string Text(JsonElement value) =>
        value.GetString() ?? throw new InvalidOperationException("null instead of a text");

    private sealed record LoadedSite(string Name, string Url, string GocdbId, List<LoadedShare> Shares);

    private sealed record LoadedShare(
        string Name,
        string Vo,
        string Project,
        IReadOnlyList<LoadedImage> Images,
        IReadOnlyList<string> Flavors
    );

    private sealed record LoadedImage(string Id, string Name, string Url, string EgiId, string Version);
}

/// <summary>A site as the query API answers it.</summary>
internal sealed record ApiSite(string Id, string Name, string Url, IReadOnlyList<ApiProject> Projects);

/// <summary>A project; its name is that of the VO.</summary>
internal sealed record ApiProject(string Id, string Name);

/// <summary>An image as the query API answers it.</summary>
internal sealed record ApiImage(string EgiId, string Id, string Url, string Name, string Version, string Vo);
