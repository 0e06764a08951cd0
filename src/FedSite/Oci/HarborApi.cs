using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.Oci;

/// <summary>An artefact in Harbor's words.</summary>
/// <param name="Pushed">As Harbor wrote it; null: not said.</param>
internal sealed record HarborListed(string Digest, string? Pushed, IReadOnlyList<string> Tags);

/// <summary>
/// Harbor's own API, version 2.0, which lists a project's repositories, and all tags of one with their digests:
/// https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml.
/// </summary>
internal sealed class HarborApi(RegistryHttp http)
{
    /// <summary>As many as Harbor gives at most.</summary>
    private const int PageSize = 100;
    private const int MaxItems = 100_000;
    private const string Root = "/api/v2.0";

    /// <exception cref="RegistryException">No answer, or an error of a kind that passes.</exception>
    public async Task<bool> IsThereAsync(CancellationToken ct)
    {
        using var answer = await http.SendAsync(Request($"{Root}/ping"), ct);
        if (answer.Status is 408 or 429 or >= 500)
        {
            throw RegistryFailures.Refused(answer, http.Account);
        }
        return answer.Status == 200 && Encoding.UTF8.GetString(answer.Body).Trim('"', ' ', '\n', '\r') == "Pong";
    }

    /// <summary>With the project in their names.</summary>
    /// <param name="project">Null: of all projects that the account sees.</param>
    public async Task<IReadOnlyList<string>> ListRepositoriesAsync(string? project, CancellationToken ct)
    {
        var path = project is null ? $"{Root}/repositories" : $"{Root}/projects/{Escape(project)}/repositories";
        var listed = await ListAsync($"{path}?", OciJson.Default.ListHarborRepository, ct);
        return [.. listed.Select(repository => repository.Name).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Artefacts of a repository that have tags.</summary>
    /// <param name="repository">With the project.</param>
    public async Task<IReadOnlyList<HarborListed>> ListArtifactsAsync(string repository, CancellationToken ct)
    {
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        // Names with slashes are escaped twice, since Harbor's router takes one layer off.
        var path =
            $"{Root}/projects/{Escape(repository[..slash])}/repositories/{Escape(Escape(repository[(slash + 1)..]))}/artifacts";
        const string Query = "with_tag=true&with_label=false&with_scan_overview=false&with_accessory=false";
        var listed = await ListAsync($"{path}?{Query}&", OciJson.Default.ListHarborArtifact, ct);
        return
        [
            .. listed.Select(artifact => new HarborListed(
                artifact.Digest,
                artifact.PushTime,
                [.. artifact.Tags.Select(tag => tag?.Name).Where(RegistryNames.IsTag).OfType<string>()]
            )),
        ];
    }

    private async Task<List<T>> ListAsync<T>(string path, JsonTypeInfo<List<T?>> type, CancellationToken ct)
        where T : class
    {
        var items = new List<T>();
        long? first = null;
        var bytes = 0L;
        for (var page = 1; ; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"page={page}&page_size={PageSize}");
            using var answer = await http.GetAsync(Request(path + query), ct);
            bytes += answer.Body.Length;
            if (bytes > RegistryHttp.MaxListBytes)
            {
                throw RegistryFailures.Endless(answer);
            }
            var read = PageLinks.Read(answer, type);
            items.AddRange(read.OfType<T>());
            var total = answer.Number("X-Total-Count");
            first ??= total;
            if (items.Count > MaxItems)
            {
                throw RegistryFailures.Nonsense(answer, $"with more than {MaxItems} entries");
            }
            if (total is { } all ? items.Count < all && read.Count > 0 : read.Count == PageSize)
            {
                continue;
            }
            // What was pushed or removed meanwhile has moved the rest from page to page.
            return total is null || (items.Count == total && total == first)
                ? items
                : throw RegistryFailures.Nonsense(answer, "the list changed while it was read");
        }
    }

    private RegistryRequest Request(string path) => new(HttpMethod.Get, http.At(path), Scope: null);

    private static string Escape(string name) => Uri.EscapeDataString(name);
}
