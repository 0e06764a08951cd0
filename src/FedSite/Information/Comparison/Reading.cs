using System.Text.Json;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>How far a share could be read, as its <c>OtherInfo.health</c> says.</summary>
/// <param name="State"><c>ok</c> if nothing is said.</param>
/// <param name="Failed">Parts that could not be read.</param>
internal readonly record struct Reading(string State, IReadOnlyList<string> Failed)
{
    private const string Token = "token";

    public string Words => Failed.Count == 0 ? State : $"{State}: {string.Join(", ", Failed)}";

    public static Reading Of(JsonElement health) =>
        new(
            health.Text("state") ?? "ok",
            [
                .. (health.Member("failed")?.Items() ?? [])
                    .Select(one => one.Text("part"))
                    .OfType<string>()
                    .Order(StringComparer.Ordinal),
            ]
        );

    /// <summary>The part was read. Of a share without token nothing was.</summary>
    public bool Has(string part) => State != "critical" && !Failed.Contains(Token) && !Failed.Contains(part);
}
