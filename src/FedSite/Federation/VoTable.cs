using FedSite.State;

namespace FedSite.Federation;

/// <summary>Entitlements of VOs as last imported, in the state database.</summary>
public sealed class VoTable(StateDatabase state, TimeProvider time)
{
    /// <summary>All VOs by name; one whose entitlement is not known has none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Read()
    {
        using var connection = state.Connect();
        return connection
            .Query(
                "select vo, entitlement from vo_entitlement order by vo, entitlement",
                row => (Vo: row.GetString(0), Entitlement: row.GetString(1))
            )
            .GroupBy(row => row.Vo, StringComparer.Ordinal)
            .ToDictionary(
                vo => vo.Key,
                IReadOnlyList<string> (vo) => [.. vo.Select(row => row.Entitlement).Where(text => text.Length > 0)],
                StringComparer.Ordinal
            );
    }

    /// <summary>Takes the place of what was imported before.</summary>
    public void Replace(IReadOnlyDictionary<string, IReadOnlyList<string>> vos)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        using var connection = state.Connect();
        using var transaction = connection.Begin();
        connection.Execute("delete from vo_entitlement");
        connection.ExecuteEach(
            "insert or ignore into vo_entitlement (vo, entitlement, imported) values ($vo, $entitlement, $now)",
            vos.SelectMany(vo =>
                vo.Value.DefaultIfEmpty("")
                    .Select(text =>
                        (IEnumerable<(string, object?)>)[("$vo", vo.Key), ("$entitlement", text), ("$now", now)]
                    )
            )
        );
        transaction.Commit();
    }
}
