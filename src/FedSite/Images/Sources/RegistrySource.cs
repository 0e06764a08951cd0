using System.Text.RegularExpressions;
using FedSite.Configuration;
using FedSite.Oci;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Sources;

/// <summary>An OCI registry, listed by Harbor's API where there is one.</summary>
internal sealed class RegistrySource : IImageSource
{
    /// <summary>Repositories that are read at the same time.</summary>
    private const int Parallel = 4;

    /// <summary>More is no offer to a site, but a way to keep it busy.</summary>
    private const int MaxRepositories = 10_000;
    private const int MaxTags = 2000;
    private const int MaxTagsInAll = 10_000;

    /// <summary>Other sources wait until this one was listed.</summary>
    private static readonly TimeSpan LongestListing = TimeSpan.FromHours(1);

    private readonly ImageSourceConfig _config;
    private readonly IManifestMemory _memory;
    private readonly TimeProvider _time;
    private readonly RegistryClient _client;
    private readonly Regex _tags;
    private readonly string _origin;
    private int _wanted;

    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public RegistrySource(ImageSourceConfig config, IManifestMemory memory, TimeProvider time, ILoggerFactory loggers)
    {
        _config = config;
        _memory = memory;
        _time = time;
        Name = ImagesRules.NameOf(config);
        _origin = $"the source `{Name}` under images.sources";
        _tags = new Regex(config.Tags, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
        _client = new RegistryClient(
            new RegistryAccount
            {
                Url = new Uri(config.Registry),
                Username = config.Username,
                Password = config.Password,
                CaCert = config.Cacert,
                Origin = _origin,
            },
            time,
            loggers.CreateLogger<RegistryClient>()
        );
    }

    public string Name { get; }

    public long Requests => _client.Requests;

    private string Host => _client.Url.Authority;

    public async Task<SourceListing> ListAsync(CancellationToken ct)
    {
        using var over = new CancellationTokenSource(LongestListing, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            return await ListAllAsync(either.Token);
        }
        catch (OperationCanceledException e) when (over.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return SourceListing.Failed(
                new FedSiteException(
                    $"{Host} was not listed within {LongestListing.TotalMinutes:F0} minutes",
                    $"Choose less by `repositories` and `tags` of {_origin}, or ask the registry's operator.",
                    inner: e
                )
            );
        }
        catch (FedSiteException e)
        {
            return SourceListing.Failed(e);
        }
    }

    public Task<Stream> OpenAsync(ImageOffer offer, long from, CancellationToken ct) =>
        _client.OpenBlobAsync(offer.Repository, offer.Content, from, ct);

    public void Dispose() => _client.Dispose();

    private async Task<SourceListing> ListAllAsync(CancellationToken ct)
    {
        _wanted = 0;
        var isHarbor = await _client.Harbor.IsThereAsync(ct);
        var repositories = await RepositoriesAsync(isHarbor, ct);
        var read = new SourceListing[repositories.Count];
        await System.Threading.Tasks.Parallel.ForEachAsync(
            repositories.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct },
            async (repository, token) => read[repository.Index] = await ReadAsync(repository.Item, isHarbor, token)
        );
        return new SourceListing
        {
            Offers = [.. read.SelectMany(part => part.Offers)],
            Refused = [.. read.SelectMany(part => part.Refused)],
            Unread = [.. read.SelectMany(part => part.Unread)],
        };
    }

    /// <summary>With their projects, in a fixed order.</summary>
    private async Task<List<string>> RepositoriesAsync(bool isHarbor, CancellationToken ct)
    {
        var below = _config.Project is { } project ? $"{project}/" : "";
        var all =
            _config.Repositories.Count > 0 ? _config.Repositories.Select(repository => below + repository)
            : isHarbor ? await HarborsAsync(ct)
            : await CatalogAsync(ct);
        var found = all.Where(name =>
                RegistryNames.IsRepository(name) && name.StartsWith(below, StringComparison.Ordinal)
            )
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        return found.Count <= MaxRepositories
            ? found
            : throw new FedSiteException(
                $"{Host} lists {found.Count} repositories, more than the {MaxRepositories} that are read",
                $"Choose among them by `project` or `repositories` of {_origin}."
            );
    }

    private async Task<IReadOnlyList<string>> HarborsAsync(CancellationToken ct)
    {
        var project = _config.Project?.Split('/')[0];
        try
        {
            return await _client.Harbor.ListRepositoriesAsync(project, ct);
        }
        catch (RegistryException e) when (e.Status is 401 or 403 or 404)
        {
            var who = _config.Username ?? "an anonymous user";
            throw Failed(
                e,
                $"The repositories of {(project is null ? Host : $"project {project} at {Host}")} can't be listed by {who}: {e.Message}",
                $"Check `project` of {_origin}, and that its account may list there; or name its `repositories`."
            );
        }
    }

    private async Task<IReadOnlyList<string>> CatalogAsync(CancellationToken ct)
    {
        try
        {
            return await _client.ListRepositoriesAsync(ct);
        }
        catch (RegistryException e) when (e.Status is 200 or (>= 400 and < 500 and not (408 or 429)))
        {
            // Whoever is not let in may be let in with a better password.
            var first = e.Status is 401 or 403 ? $"{e.NextStep} Or name them" : "Name them";
            throw Failed(
                e,
                $"{Host} is no Harbor and does not list its repositories: {e.Message}",
                $"{first}: key `repositories` of {_origin}."
            );
        }
    }

    private async Task<SourceListing> ReadAsync(string repository, bool isHarbor, CancellationToken ct)
    {
        try
        {
            var tags = await TagsAsync(repository, isHarbor, ct);
            return await ReadAsync(repository, tags, ct);
        }
        catch (RegistryException e) when (_config.Repositories.Count == 0 && e is { Status: 404, Code: "NAME_UNKNOWN" })
        {
            // The catalog has repositories that never had a tag.
            return new SourceListing { Offers = [] };
        }
        catch (FedSiteException e)
        {
            return new SourceListing { Offers = [], Unread = [new UnreadPart($"{Host}/{repository}:", e)] };
        }
    }

    private async Task<SourceListing> ReadAsync(string repository, IEnumerable<ListedTag> tags, CancellationToken ct)
    {
        var reading = new TagReading(_client, _memory, _config, Name, _time.GetUtcNow());
        var (offers, refused, unread) = (new List<ImageOffer>(), new List<RefusedOffer>(), new List<UnreadPart>());
        foreach (var tag in tags)
        {
            try
            {
                var read = await reading.ReadAsync(repository, tag, ct);
                offers.AddRange(read.Offers);
                refused.AddRange(read.Refused);
            }
            catch (FedSiteException e)
            {
                unread.Add(new UnreadPart($"{Host}/{repository}:{tag.Name}", e));
            }
        }
        return new SourceListing
        {
            Offers = offers,
            Refused = refused,
            Unread = unread,
        };
    }

    /// <summary>Those that are wanted, in a fixed order.</summary>
    private async Task<List<ListedTag>> TagsAsync(string repository, bool isHarbor, CancellationToken ct)
    {
        var tags =
            isHarbor && repository.Contains('/', StringComparison.Ordinal)
                ? await HarborsTagsAsync(repository, ct)
                : await PlainTagsAsync(repository, ct);
        var wanted = tags.Where(tag => _tags.IsMatch(tag.Name))
            .OrderBy(tag => tag.Name, StringComparer.Ordinal)
            .ToList();
        if (wanted.Count > MaxTags)
        {
            throw new FedSiteException(
                $"{Host}/{repository} has {wanted.Count} tags that match, more than the {MaxTags} that are read",
                $"Choose fewer by `tags` of {_origin}."
            );
        }
        return Interlocked.Add(ref _wanted, wanted.Count) <= MaxTagsInAll
            ? wanted
            : throw new FedSiteException(
                $"With {Host}/{repository}, more than the {MaxTagsInAll} tags match that are read of one source",
                $"Choose fewer by `tags`, `project` or `repositories` of {_origin}."
            );
    }

    private async Task<IEnumerable<ListedTag>> PlainTagsAsync(string repository, CancellationToken ct) =>
        (await _client.ListTagsAsync(repository, ct))
            .Distinct(StringComparer.Ordinal)
            .Select(tag => new ListedTag(tag));

    private async Task<IEnumerable<ListedTag>> HarborsTagsAsync(string repository, CancellationToken ct)
    {
        IReadOnlyList<HarborListed> artifacts;
        try
        {
            artifacts = await _client.Harbor.ListArtifactsAsync(repository, ct);
        }
        catch (RegistryException e) when (_config.Repositories.Count > 0 && e.Status is 401 or 403)
        {
            // An account that may pull need not be one that may list artefacts.
            return await PlainTagsAsync(repository, ct);
        }
        var tags = artifacts
            .SelectMany(artifact => artifact.Tags.Select(tag => new ListedTag(tag, artifact.Digest, artifact.Pushed)))
            .DistinctBy(tag => (tag.Name, tag.Digest))
            .ToList();
        // A tag that moved while pages were read is in two of them: which one is older is not said.
        return tags.GroupBy(tag => tag.Name).Select(same => same.Count() == 1 ? same.First() : new ListedTag(same.Key));
    }

    private static RegistryException Failed(RegistryException cause, string message, string nextStep) =>
        new(message, nextStep, cause.Url, cause.Status, cause.RequestId, cause.Code, cause);
}
