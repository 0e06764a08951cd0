using FedSite.Configuration;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging;

namespace FedSite.Information.Publishing;

/// <summary>The places where a site's document goes.</summary>
public sealed class DocumentTargets
{
    private readonly List<Candidate> _configured;
    private readonly HostEnvironment _environment;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="site">The configured ones are under <c>information.publish</c>.</param>
    /// <param name="endpoint">The endpoint's URL, as the document has it.</param>
    /// <param name="connect">
    /// The cloud of a Swift container: from the target's own <c>openstack</c>, or for null from the site's. It stays the
    /// caller's. Called for targets that are selected, alone.
    /// </param>
    public DocumentTargets(
        SiteConfig site,
        string endpoint,
        Func<OpenStackConfig?, OpenStackCloud> connect,
        HostEnvironment environment,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _environment = environment;
        _time = time;
        _logger = loggers.CreateLogger("FedSite.Information");
        var defaultObject = SwiftTarget.DefaultObject(site.Site.Name, endpoint);
        _configured =
        [
            .. site.Information.Publish.Select(
                (target, i) => Of(target, $"information.publish[{i}] of site.yaml", defaultObject, connect)
            ),
        ];
    }

    /// <summary>Of those that are configured.</summary>
    public IEnumerable<string> Names => _configured.Select(candidate => candidate.Name);

    /// <summary>Makes targets; the network is not touched. The caller disposes them.</summary>
    /// <param name="wanted">
    /// Values of <c>--to</c>: a type, the name of a configured target, a path (with <c>/</c>, or ending in <c>.json</c>),
    /// or a URL. None: all configured ones.
    /// </param>
    /// <exception cref="FedSiteException">There is none of them, or one can't be used as it is configured.</exception>
    public IReadOnlyList<DocumentTarget> Select(IReadOnlyList<string> wanted)
    {
        var chosen = wanted.Count > 0 ? [.. wanted.SelectMany(Find).DistinctBy(c => c.Key)] : _configured;
        if (chosen.Count == 0)
        {
            throw new FedSiteException(
                "There is no place to publish to.",
                "Name one with --to FILE or --to URL, or list some under `information.publish` in site.yaml.",
                ExitCode.Usage
            );
        }
        var made = new List<DocumentTarget>();
        try
        {
            foreach (var candidate in chosen)
            {
                made.Add(candidate.Make());
            }
            return made;
        }
        catch
        {
            made.ForEach(target => target.Dispose());
            throw;
        }
    }

    /// <param name="Key">The same for the same place.</param>
    private sealed record Candidate(string Type, string Name, object Key, Func<DocumentTarget> Make);

    private Candidate Of(
        PublishTarget target,
        string origin,
        string defaultObject,
        Func<OpenStackConfig?, OpenStackCloud> connect
    )
    {
        switch (target.Type)
        {
            case PublishTarget.File:
                return File(target.Path!);
            case PublishTarget.Swift:
                var (container, name) = (target.Container!, target.Object ?? defaultObject);
                return new Candidate(
                    target.Type,
                    SwiftTarget.NameOf(container, name),
                    target,
                    () => new SwiftTarget(connect(target.OpenStack), container, name)
                );
            default:
                return Http(new Uri(target.Url!), target.Headers, target.Cacert, origin, target);
        }
    }

    private IEnumerable<Candidate> Find(string wanted)
    {
        var isType = wanted is PublishTarget.File or PublishTarget.Swift or PublishTarget.Http;
        var path = Path.GetFullPath(wanted, _environment.WorkingFolder);
        var found = _configured.FindAll(c => isType ? c.Type == wanted : c.Name == wanted || c.Name == path);
        if (found.Count > 0)
        {
            return found;
        }
        if (isType || wanted.Length == 0)
        {
            throw Unknown(wanted);
        }
        if (Uri.TryCreate(wanted, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return [Http(url, headers: null, cacert: null, "--to", url)];
        }
        var isPath =
            !wanted.Contains("://", StringComparison.Ordinal)
            && !wanted.StartsWith("swift:", StringComparison.Ordinal)
            && (wanted.Contains('/') || wanted.EndsWith(".json", StringComparison.Ordinal));
        return isPath ? [File(path)] : throw Unknown(wanted);
    }

    private static Candidate File(string path) => new(PublishTarget.File, path, path, () => new FileTarget(path));

    private Candidate Http(
        Uri url,
        IReadOnlyDictionary<string, string>? headers,
        string? cacert,
        string origin,
        object key
    ) =>
        new(
            PublishTarget.Http,
            WebClient.Shown(url),
            key,
            () => new HttpTarget(url, headers, cacert, origin, _time, _logger)
        );

    private FedSiteException Unknown(string wanted) =>
        new(
            $"--to {wanted}: there is no such target.",
            _configured.Count > 0
                ? $"Configured are: {string.Join(", ", _configured.Select(c => c.Name))}. Or give a file (./NAME, NAME.json) or a URL."
                : "Nothing is configured under `information.publish`. Give a file (./NAME, NAME.json) or a URL.",
            ExitCode.Usage
        );
}
