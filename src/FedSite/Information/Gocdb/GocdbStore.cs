using FedSite.State;

namespace FedSite.Information.Gocdb;

/// <summary>What GOCDB said about the endpoint at some time.</summary>
/// <param name="Id">For instance <c>7513G0</c>.</param>
/// <param name="Host">Name of the service's host.</param>
internal sealed record KnownEndpoint(string Id, string SiteName, string Host, DateTimeOffset Fetched);

/// <summary>Table <c>information_gocdb</c> of the state database, for one endpoint.</summary>
internal sealed class GocdbStore(StateDatabase state, string site, Uri endpoint)
{
    private readonly string _site = $"{site} {endpoint.AbsoluteUri.TrimEnd('/')}";

    public KnownEndpoint? Read()
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select endpoint_id, site_name, host, fetched from information_gocdb where site = $site",
                row => new KnownEndpoint(
                    row.GetString(0),
                    row.GetString(1),
                    row.GetString(2),
                    DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3))
                ),
                ("$site", _site)
            )
            .FirstOrDefault();
    }

    public void Write(KnownEndpoint known)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert or replace into information_gocdb (site, endpoint_id, site_name, host, fetched)
            values ($site, $id, $name, $host, $fetched)
            """,
            ("$site", _site),
            ("$id", known.Id),
            ("$name", known.SiteName),
            ("$host", known.Host),
            ("$fetched", known.Fetched.ToUnixTimeSeconds())
        );
    }

    public void Forget()
    {
        using var connection = state.Connect();
        connection.Execute("delete from information_gocdb where site = $site", ("$site", _site));
    }
}
