namespace FedSite.Federation.Catchall;

/// <summary>
/// Compares by meaning: neither the order of VOs and formats nor a key that says what holds without it counts.
/// </summary>
public sealed class CatchallComparison
{
    /// <summary>Without a key in the file.</summary>
    internal const string DefaultProtocol = "openid";

    private readonly string _oldName;
    private readonly string _newName;

    private CatchallComparison(string oldName, string newName)
    {
        _oldName = oldName;
        _newName = newName;
    }

    /// <summary>One sentence a difference, without a full stop; none: both mean the same.</summary>
    /// <param name="oldName">What to call the one, for instance <c>the file</c>.</param>
    /// <param name="newName">What to call the other.</param>
    public static IReadOnlyList<string> Differences(
        CatchallSite old,
        CatchallSite @new,
        string oldName = "the first",
        string newName = "the second"
    )
    {
        var comparison = new CatchallComparison(oldName, newName);
        return
        [
            .. comparison.Site(old, @new).OfType<string>(),
            .. old.Vos.Where(vo => Find(@new, vo) is null).Select(vo => $"the VO {vo.Name} is only in {oldName}"),
            .. @new.Vos.Where(vo => Find(old, vo) is null).Select(vo => $"the VO {vo.Name} is only in {newName}"),
            .. old.Vos.SelectMany(vo => Find(@new, vo) is { } other ? comparison.Vo(vo, other) : []).OfType<string>(),
        ];
    }

    private string?[] Site(CatchallSite old, CatchallSite @new) =>
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

    private string?[] Vo(CatchallVo old, CatchallVo @new) =>
        [
            Text($"project of {old.Name}", old.ProjectId, @new.ProjectId),
            Text($"region of {old.Name}", old.Region, @new.Region),
        ];

    private static CatchallVo? Find(CatchallSite site, CatchallVo vo) =>
        site.Vos.FirstOrDefault(one => one.Name == vo.Name);

    private string? Text(string what, string? old, string? @new) =>
        string.Equals(old, @new, StringComparison.Ordinal)
            ? null
            : $"{what} is {Shown(old)} in {_oldName}, {Shown(@new)} in {_newName}";

    private static string Shown(string? text) => text is { Length: > 0 } ? text : "not given";

    private static string Sorted(IEnumerable<string> texts) =>
        string.Join(", ", texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Word(bool value) => value ? "true" : "false";
}
