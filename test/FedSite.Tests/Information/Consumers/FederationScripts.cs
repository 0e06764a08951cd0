namespace FedSite.Tests.Information.Consumers;

/// <summary>What EGI's own programs take from the query API.</summary>
internal static class FederationScripts
{
    /// <summary>
    /// Image synchronisation and accounting: of the sites of their own list, those that the query API knows by name, with
    /// the projects that it tells.
    /// </summary>
    public static IReadOnlyList<(string Site, string Url, string Vo, string Project)> Join(
        QueryApi api,
        params IEnumerable<string> sites
    )
    {
        var known = api.Sites().ToDictionary(site => site.Name);
        return
        [
            .. sites
                .Where(known.ContainsKey)
                .SelectMany(site =>
                    known[site].Projects.Select(project => (site, known[site].Url, project.Name, project.Id))
                ),
        ];
    }

    /// <summary>
    /// fedcloudclient: the id of a VO's project at a site, out of the site file that the query API answers; null: the user
    /// is told that there is none.
    /// </summary>
    public static string? FindProject(QueryApi api, string site, string vo) =>
        api.Site(site)?.Projects.FirstOrDefault(project => project.Name == vo)?.Id;
}
