namespace FedSite.Federation.Catchall;

/// <summary>
/// Compares by meaning: neither the order of VOs and formats nor a key that says what holds without it counts.
/// </summary>
public static class CatchallComparison
{
    /// <summary>One sentence a difference, without a full stop; none: both mean the same.</summary>
    public static IReadOnlyList<string> Differences(CatchallSite old, CatchallSite @new) =>
        [
            .. Site(old, @new).OfType<string>(),
            .. old.Vos.Where(vo => Find(@new, vo.Name) is null).Select(vo => $"the VO {vo.Name} is only in the first"),
            .. @new.Vos.Where(vo => Find(old, vo.Name) is null).Select(vo => $"the VO {vo.Name} is only in the second"),
            .. old.Vos.SelectMany(vo => Find(@new, vo.Name) is { } other ? Vo(vo, other) : []).OfType<string>(),
        ];

    /// <summary>Without a key in the file.</summary>
    internal const string DefaultProtocol = "openid";

    private static IEnumerable<string?> Site(CatchallSite old, CatchallSite @new) =>
        [
            Text("gocdb", old.Name, @new.Name),
            Text("endpoint", old.Endpoint, @new.Endpoint),
            Text("auth", old.Auth, @new.Auth),
            Text("region", old.Region, @new.Region),
            Text("protocol", old.Protocol ?? DefaultProtocol, @new.Protocol ?? DefaultProtocol),
            Text("images.sync", Word(old.SyncImages), Word(@new.SyncImages)),
            Text("images.formats", Sorted(old.Formats), Sorted(@new.Formats)),
            Text("accounting.enabled", Word(old.Accounting ?? false), Word(@new.Accounting ?? false)),
            Text("accounting.site_name", old.AccountingSite ?? old.Name, @new.AccountingSite ?? @new.Name),
        ];

    private static IEnumerable<string?> Vo(CatchallVo old, CatchallVo @new) =>
        [
            Text($"project of {old.Name}", old.ProjectId, @new.ProjectId),
            Text($"region of {old.Name}", old.Region, @new.Region),
        ];

    private static CatchallVo? Find(CatchallSite site, string vo) => site.Vos.FirstOrDefault(one => one.Name == vo);

    private static string? Text(string what, string? old, string? @new) =>
        string.Equals(old, @new, StringComparison.Ordinal)
            ? null
            : $"{what} is {old ?? "not given"} in the first, {@new ?? "not given"} in the second";

    private static string Sorted(IEnumerable<string> texts) =>
        string.Join(", ", texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Word(bool value) => value ? "true" : "false";
}
