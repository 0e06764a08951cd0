using FedSite.State;

namespace FedSite.Images;

/// <remarks>For people to look at.</remarks>
internal sealed partial class ImageStore
{
    public IReadOnlyList<SlotDecision> ReadDecisions()
    {
        using var connection = state.Connect();
        return connection.Query(
            """
            select slot, source, manifest, content, decision, reason, decided
            from images_slot where site = $site order by slot
            """,
            row => new SlotDecision(
                row.GetString(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                row.GetString(4),
                row.GetString(5),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(6))
            ),
            ("$site", site)
        );
    }

    public IReadOnlyList<SourceState> ReadSources()
    {
        using var connection = state.Connect();
        return connection.Query(
            "select name, offers, listed, failure, tried from images_source where site = $site order by name",
            row => new SourceState(
                row.GetString(0),
                row.GetInt32(1),
                row.IsDBNull(2) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2)),
                row.IsDBNull(3) ? null : row.GetString(3),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4))
            ),
            ("$site", site)
        );
    }
}
