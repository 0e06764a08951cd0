using System.Globalization;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.State;

namespace FedSite.Federation.Retirement;

/// <summary>How far a VO is on its way out.</summary>
/// <param name="Vo">Its name.</param>
/// <param name="Stage">The last one that was reached.</param>
/// <param name="Since">When that was.</param>
/// <param name="Begun">When its first stage was reached.</param>
/// <param name="DeleteAfter">From this day on, UTC, its machines may be deleted; null: not set.</param>
public sealed record VoRetirement(
    string Vo,
    RetirementStage Stage,
    DateTimeOffset Since,
    DateTimeOffset Begun,
    DateOnly? DeleteAfter
);

/// <summary>Something that a stage did, or was about to do when it was ended.</summary>
/// <param name="Kind">What was done to what, for instance <c>stopped server</c>.</param>
/// <param name="Id">Of the object.</param>
/// <param name="Project">Id; empty: of none.</param>
/// <param name="Done">When.</param>
public sealed record RetirementStep(string Kind, string Id, string Project, DateTimeOffset Done);

/// <summary>Tables <c>vo_retirement*</c> of the state database, for one Keystone.</summary>
/// <param name="state">Where they are.</param>
/// <param name="site">The site's name: several may share a state folder, and even a Keystone.</param>
/// <param name="keystone">Its URL as the file has it, by whatever other one it is reached.</param>
/// <param name="time">For the time of each entry.</param>
public sealed class RetirementStore(StateDatabase state, string site, Uri keystone, TimeProvider time)
{
    private readonly string _site = $"{site} {keystone.AbsoluteUri.TrimEnd('/')}";

    /// <summary>
    /// Names of VOs that are shown to nobody any more: they get no images, and are in no document that the site
    /// publishes. Empty where the file has no <c>federation</c>.
    /// </summary>
    public static IReadOnlySet<string> Withdrawn(SiteConfig site, StateDatabase? state, TimeProvider time) =>
        (state is null ? null : Of(site, state, time))?.Withdrawn() ?? new HashSet<string>(StringComparer.Ordinal);

    /// <returns>Null: the file has no <c>federation</c>.</returns>
    public static RetirementStore? Of(SiteConfig site, StateDatabase state, TimeProvider time) =>
        site.Federation is { } federation
            ? new RetirementStore(state, site.Site.Name, KeystoneUrl.Normalize(federation.Keystone), time)
            : null;

    /// <summary>
    /// Names of VOs that are shown to nobody any more. Also those that left under another URL of Keystone: it may be the
    /// same cloud, and until somebody says so nothing is to be offered that was taken back.
    /// </summary>
    public IReadOnlySet<string> Withdrawn() =>
        Read()
            .Concat(Others().Select(other => other.Known))
            .Where(vo => vo.Stage >= RetirementStage.Withdraw)
            .Select(vo => vo.Vo)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The VO leaves this site, but a Keystone of another URL than the file has.</summary>
    /// <returns>Null: it does not.</returns>
    public PlanProblem? Elsewhere(string vo) =>
        Find(vo) is null
        && Others().FirstOrDefault(other => other.Known.Vo == vo) is { Keystone: { } url, Known: var known }
            ? new PlanProblem(
                $"The VO {vo} leaves this site (stage {known.Stage.Word()}) at the Keystone {url}, which is not the one of site.yaml.",
                $"Is it the same cloud? Then write `keystone: {url}` under `federation` until it has left. Otherwise give this cloud a state folder, or a site name, of its own."
            )
            : null;

    public IReadOnlyList<VoRetirement> Read() => Read(_site);

    /// <summary>Of the same site name, with the URL of the Keystone.</summary>
    private List<(string Keystone, VoRetirement Known)> Others()
    {
        using var connection = state.Connect();
        var keys = connection.Query("select distinct site from vo_retirement", row => row.GetString(0));
        return keys.Where(key => key != _site && key.StartsWith($"{site} http", StringComparison.Ordinal))
            .SelectMany(key => Read(key).Select(known => (key[(site.Length + 1)..], known)))
            .ToList();
    }

    private List<VoRetirement> Read(string key)
    {
        using var connection = state.Connect();
        return connection.Query(
            "select vo, stage, since, begun, delete_after from vo_retirement where site = $site order by vo",
            row => new VoRetirement(
                row.GetString(0),
                RetirementStages.Parse(row.GetString(1))
                    ?? throw new FedSiteException(
                        $"The state database knows a stage `{row.GetString(1)}` of the VO {row.GetString(0)}, which this fedsite does not.",
                        "Use the newer fedsite that wrote it."
                    ),
                Time(row.GetInt64(2)),
                Time(row.GetInt64(3)),
                row.IsDBNull(4) ? null : DateOnly.Parse(row.GetString(4), CultureInfo.InvariantCulture)
            ),
            ("$site", key)
        );
    }

    /// <returns>Null: it does not leave.</returns>
    public VoRetirement? Find(string vo) => Read().FirstOrDefault(known => known.Vo == vo);

    /// <summary>A stage is done, or was undone down to this one.</summary>
    public void Reach(string vo, RetirementStage stage)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into vo_retirement (site, vo, stage, since, begun) values ($site, $vo, $stage, $now, $now)
            on conflict do update set
                since = case when stage = excluded.stage then since else excluded.since end, stage = excluded.stage
            """,
            ("$site", _site),
            ("$vo", vo),
            ("$stage", stage.Word()),
            ("$now", Now)
        );
    }

    /// <summary>The VO has to leave already.</summary>
    public void SetDeleteAfter(string vo, DateOnly day)
    {
        using var connection = state.Connect();
        connection.Execute(
            "update vo_retirement set delete_after = $day where site = $site and vo = $vo",
            ("$site", _site),
            ("$vo", vo),
            ("$day", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        );
    }

    /// <summary>The VO stays.</summary>
    public void Forget(string vo)
    {
        using var connection = state.Connect();
        foreach (var table in new[] { "vo_retirement", "vo_retirement_step" })
            connection.Execute($"delete from {table} where site = $site and vo = $vo", ("$site", _site), ("$vo", vo));
    }

    public IReadOnlyList<RetirementStep> Steps(string vo, RetirementStage stage)
    {
        using var connection = state.Connect();
        return connection.Query(
            """
            select kind, id, project, done from vo_retirement_step
            where site = $site and vo = $vo and stage = $stage order by kind, id, project
            """,
            row => new RetirementStep(row.GetString(0), row.GetString(1), row.GetString(2), Time(row.GetInt64(3))),
            ("$site", _site),
            ("$vo", vo),
            ("$stage", stage.Word())
        );
    }

    /// <summary>
    /// To be called before the request: ended between the two, a step that was not taken is known as taken, which undoing
    /// finds out; the other way round nobody would know that there is something to undo.
    /// </summary>
    public void Note(string vo, RetirementStage stage, string kind, string id, string project)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            insert into vo_retirement_step (site, vo, stage, kind, id, project, done)
            values ($site, $vo, $stage, $kind, $id, $project, $now)
            on conflict do update set done = excluded.done
            """,
            Of(vo, stage, kind, id, project, ("$now", Now))
        );
    }

    public void Undone(string vo, RetirementStage stage, string kind, string id, string project)
    {
        using var connection = state.Connect();
        connection.Execute(
            """
            delete from vo_retirement_step
            where site = $site and vo = $vo and stage = $stage and kind = $kind and id = $id and project = $project
            """,
            Of(vo, stage, kind, id, project)
        );
    }

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    private (string, object?)[] Of(
        string vo,
        RetirementStage stage,
        string kind,
        string id,
        string project,
        params ReadOnlySpan<(string, object?)> more
    ) =>
        [
            ("$site", _site),
            ("$vo", vo),
            ("$stage", stage.Word()),
            ("$kind", kind),
            ("$id", id),
            ("$project", project),
            .. more,
        ];

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
