namespace FedSite.OpenStack.Image;

/// <summary>Which images to list; null: not filtered by it.</summary>
public sealed record ImageQuery
{
    /// <summary>
    /// <c>public</c>, <c>private</c>, <c>shared</c>, <c>community</c> or <c>all</c>. Null: all but other projects'
    /// community images, as Glance does by itself.
    /// </summary>
    public string? Visibility { get; init; }

    /// <summary>Id of the project that the image belongs to.</summary>
    public string? Owner { get; init; }

    /// <summary>Images that have this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>For instance <c>active</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Glance before Rocky does not know it. Null: only those that are not hidden.</summary>
    public bool? Hidden { get; init; }

    /// <summary>
    /// How the project answered to an image that is shared with it: <c>accepted</c>, which is what Glance takes by itself,
    /// <c>pending</c>, <c>rejected</c> or <c>all</c>.
    /// </summary>
    public string? MemberStatus { get; init; }

    /// <returns>Each filter with an ampersand before it.</returns>
    internal string ToQuery() =>
        string.Concat(
            Filter("visibility", Visibility),
            Filter("owner", Owner),
            Filter("tag", Tag),
            Filter("status", Status),
            Filter(
                "os_hidden",
                Hidden switch
                {
                    true => "true",
                    false => "false",
                    null => null,
                }
            ),
            Filter("member_status", MemberStatus)
        );

    private static string Filter(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
