using FedSite.State;

namespace FedSite.Federation;

/// <summary>An object in Keystone that <c>apply</c> keeps as the file says.</summary>
/// <param name="Kind">As plans show it.</param>
/// <param name="Name">As plans show it, unique in its kind.</param>
/// <param name="Id">Keystone's.</param>
/// <param name="Adopted">The site had made it by hand.</param>
public sealed record ManagedObject(string Kind, string Name, string Id, bool Adopted);

/// <summary>A mapping that was replaced.</summary>
/// <param name="Rules">Their JSON; with the schema version around them where it was not 1.0.</param>
public sealed record KeptMapping(string Mapping, string Rules, DateTimeOffset Replaced);

/// <summary>Tables <c>federation_*</c> of the state database, for one Keystone.</summary>
/// <param name="state">Where they are.</param>
/// <param name="site">The site's name: several may share a state folder, and even a Keystone.</param>
/// <param name="keystone">Its URL as the file has it, by whatever other one it is reached.</param>
/// <param name="time">For the time of each entry.</param>
public sealed class FederationStore(StateDatabase state, string site, Uri keystone, TimeProvider time)
{
    private readonly string _site = $"{site} {keystone.AbsoluteUri.TrimEnd('/')}";

    public IReadOnlyList<ManagedObject> ReadObjects()
    {
        using var connection = state.Connect();
        return connection.Query(
            "select kind, name, id, adopted from federation_object where site = $site order by kind, name",
            row => new ManagedObject(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3) != 0),
            ("$site", _site)
        );
    }

    /// <summary>Remembers an object; whether it was adopted is known from the first time that it had this id.</summary>
    public void Remember(ManagedObject thing)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into federation_object (site, kind, name, id, adopted, since)
            values ($site, $kind, $name, $id, $adopted, $now)
            on conflict do update set
                adopted = case when id = excluded.id then adopted else excluded.adopted end,
                id = excluded.id
            """,
            ("$site", _site),
            ("$kind", thing.Kind),
            ("$name", thing.Name),
            ("$id", thing.Id),
            ("$adopted", thing.Adopted ? 1 : 0),
            ("$now", time.GetUtcNow().ToUnixTimeSeconds())
        );
    }

    public void Forget(string kind, string name)
    {
        using var connection = state.Connect();
        connection.Execute(
            "delete from federation_object where site = $site and kind = $kind and name = $name",
            ("$site", _site),
            ("$kind", kind),
            ("$name", name)
        );
    }

    /// <summary>Keeps a mapping that is about to be replaced; the same one twice in a row is kept once.</summary>
    public void Keep(string mapping, string rules)
    {
        if (LastKept(mapping)?.Rules == rules)
            return;
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into federation_mapping (site, mapping, rules, replaced)
            values ($site, $mapping, $rules, $now)
            """,
            ("$site", _site),
            ("$mapping", mapping),
            ("$rules", rules),
            ("$now", time.GetUtcNow().ToUnixTimeSeconds())
        );
    }

    /// <param name="mapping">Its id.</param>
    /// <param name="unless">Those that are left out; null: none.</param>
    /// <returns>Null: none was ever replaced.</returns>
    public KeptMapping? LastKept(string mapping, Func<KeptMapping, bool>? unless = null)
    {
        using var connection = state.Connect();
        return connection
            .Query(
                """
                select mapping, rules, replaced from federation_mapping
                where site = $site and mapping = $mapping order by number desc limit 20
                """,
                row => new KeptMapping(
                    row.GetString(0),
                    row.GetString(1),
                    DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2))
                ),
                ("$site", _site),
                ("$mapping", mapping)
            )
            .FirstOrDefault(kept => unless?.Invoke(kept) != true);
    }
}
