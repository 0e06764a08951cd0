using System.Globalization;

namespace FedSite.OpenStack.Compute;

/// <summary>A version of Nova's API, 2.<paramref name="Minor"/>.</summary>
internal readonly record struct Microversion(int Minor)
{
    /// <summary>What Nova speaks to those who ask for no version.</summary>
    public static readonly Microversion First = new(1);

    /// <summary>Mitaka.</summary>
    public static readonly Microversion Oldest = new(25);

    /// <summary>The newest whose answers are known.</summary>
    public static readonly Microversion Newest = new(96);

    /// <summary>https://docs.openstack.org/nova/latest/reference/api-microversion-history.html</summary>
    public bool EmbedsFlavor => Minor >= 47;

    public bool ListsExtraSpecs => Minor >= 61;

    /// <summary>Before 2.27 Nova knows the second header only.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers =>
        [new("OpenStack-API-Version", $"compute {this}"), new("X-OpenStack-Nova-API-Version", ToString())];

    /// <returns>Null: not 2.something.</returns>
    public static Microversion? Parse(string text) =>
        text.StartsWith("2.", StringComparison.Ordinal)
        && int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new Microversion(minor)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"2.{Minor}");
}
