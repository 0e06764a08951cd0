namespace FedSite.Configuration;

/// <summary>What keys under <c>information</c> demand of each other.</summary>
internal sealed class InformationRules(InformationConfig information, Action<string, string> error)
{
    private const string Key = "information";
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public void Check()
    {
        foreach (var (i, target) in information.Publish.Index())
        {
            CheckTarget(target, $"{Key}.publish[{i}]");
        }

        if (Duration.Parse(information.Deadline) is var deadline && (deadline < Shortest || deadline > Longest))
            error($"{Key}.deadline", "expected 1s to 24h");
        CheckUrl($"{Key}.endpoint", information.Endpoint);
        CheckUrl($"{Key}.gocdb.url", information.Gocdb.Url);
        CheckVos();
    }

    private void CheckTarget(PublishTarget target, string key)
    {
        var keys = new (string Name, string Type, bool IsGiven, bool IsNeeded)[]
        {
            ("path", PublishTarget.File, target.Path is not null, true),
            ("container", PublishTarget.Swift, target.Container is not null, true),
            ("object", PublishTarget.Swift, target.Object is not null, false),
            ("openstack", PublishTarget.Swift, target.OpenStack is not null, false),
            ("url", PublishTarget.Http, target.Url is not null, true),
            ("headers", PublishTarget.Http, target.Headers is not null, false),
            ("cacert", PublishTarget.Http, target.Cacert is not null, false),
        };
        foreach (var (name, type, isGiven, isNeeded) in keys)
        {
            if (isGiven && type != target.Type && target.Type.Length > 0)
                error($"{key}.{name}", $"belongs to `type: {type}`, not to `{target.Type}`");
            else if (!isGiven && isNeeded && type == target.Type)
                error(key, $"`type: {type}` needs `{name}`");
        }

        if (target.Object is { } item && item.Split('/').Any(part => part is "" or "." or ".."))
            error($"{key}.object", "an object's name, without `.`, `..` or nothing between slashes");
        if (target.Url is { } url && url.StartsWith("http", StringComparison.Ordinal) && !IsUrl(url))
            error($"{key}.url", "it is no URL: look at its host and port");
    }

    private void CheckVos()
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, vo) in information.Vos.Index())
        {
            if (vo.Name.Length > 0 && !names.TryAdd(vo.Name, i))
                error($"{Key}.vos[{i}].name", $"the VO {vo.Name} is listed twice");
            if (vo.OpenStack is { Cloud: not null, Auth: not null })
                error(
                    $"{Key}.vos[{i}].openstack.auth",
                    "excluded by `cloud`: the credentials are in clouds.yaml, or here"
                );
        }
    }

    private void CheckUrl(string key, string? url)
    {
        if (url?.StartsWith("http", StringComparison.Ordinal) == true && !IsUrl(url))
            error(key, $"`{url}` is no URL: look at its host and port");
    }

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out _);
}
