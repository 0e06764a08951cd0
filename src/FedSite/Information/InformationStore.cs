using FedSite.State;

namespace FedSite.Information;

/// <summary>A VO's project as it was when Keystone last told it.</summary>
internal sealed record KnownShare(string Vo, string Project, string? Name, string? Domain);

/// <summary>Tables <c>information_*</c> of the state database, for one site and endpoint.</summary>
/// <param name="state">Where they are.</param>
/// <param name="site">The site's name.</param>
/// <param name="endpoint">Its endpoint's URL.</param>
/// <param name="time">For the time of each entry.</param>
internal sealed class InformationStore(StateDatabase state, string site, string endpoint, TimeProvider time)
{
    private readonly string _site = $"{site} {endpoint}";

    /// <summary>The document that was published last; null: none was.</summary>
    public byte[]? ReadDocument()
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select document from information_document where site = $site",
                row => row.GetFieldValue<byte[]>(0),
                ("$site", _site)
            )
            .FirstOrDefault();
    }

    public void KeepDocument(byte[] document)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into information_document (site, document, published) values ($site, $document, $now)
            on conflict do update set document = excluded.document, published = excluded.published
            """,
            ("$site", _site),
            ("$document", document),
            ("$now", time.GetUtcNow().ToUnixTimeSeconds())
        );
    }

    public IReadOnlyList<KnownShare> ReadShares()
    {
        using var connection = state.Connect();
        return connection.Query(
            "select vo, project, name, domain from information_share where site = $site order by vo, project",
            row => new KnownShare(
                row.GetString(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3)
            ),
            ("$site", _site)
        );
    }

    /// <summary>Replaces what was known.</summary>
    public void KeepShares(IEnumerable<KnownShare> shares)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        using var connection = state.Connect();
        using var whole = connection.BeginTransaction();
        connection.Execute("delete from information_share where site = $site", ("$site", _site));
        foreach (var share in shares)
        {
            connection.Execute(
                """
                insert or replace into information_share (site, vo, project, name, domain, seen)
                values ($site, $vo, $project, $name, $domain, $now)
                """,
                ("$site", _site),
                ("$vo", share.Vo),
                ("$project", share.Project),
                ("$name", share.Name),
                ("$domain", share.Domain),
                ("$now", now)
            );
        }

        whole.Commit();
    }
}
