using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Information.Comparison;

namespace FedSite.App.Commands;

/// <summary>What changed between two documents, for people and for scripts.</summary>
/// <param name="Before">What the earlier document is.</param>
/// <param name="After">What the later one is.</param>
/// <param name="Equal">They say the same.</param>
/// <param name="Summary">One line.</param>
/// <param name="Classes">What changed, by kind of object.</param>
internal sealed record InfoDiffView(
    string Before,
    string After,
    bool Equal,
    string Summary,
    IEnumerable<InfoDiffClassView> Classes
)
{
    /// <param name="output">Where it goes.</param>
    /// <param name="before">What the earlier document is called.</param>
    /// <param name="after">What the later one is called.</param>
    /// <param name="difference">A comparison without fault.</param>
    public static void Show(Output output, string before, string after, DocumentDifference difference)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                new InfoDiffView(
                    before,
                    after,
                    difference.IsEqual,
                    difference.Summary,
                    difference.Classes.Select(InfoDiffClassView.Of)
                ),
                InfoDiffJson.Default.InfoDiffView
            );
            return;
        }

        output.Line($"{before} -> {after}: {difference.Summary}");
        foreach (var one in difference.Classes)
            ShowText(output, one);
    }

    private static void ShowText(Output output, ClassDifference one)
    {
        foreach (var lost in one.Lost)
            output.Line($"- {one.Singular} {Named(lost.Name, lost.Id)}");
        foreach (var added in one.New)
            output.Line($"+ {one.Singular} {Named(added.Name, added.Id)}");
        foreach (var changed in one.Changed)
        {
            output.Line($"~ {one.Singular} {Named(changed.Name, changed.Id)}");
            foreach (var member in changed.Members)
                output.Line($"    {member.Member}: {member.Before ?? "(absent)"} -> {member.After ?? "(absent)"}");
        }
    }

    private static string Named(string name, string id) => name == id ? name : $"{name} ({id})";
}

internal sealed record InfoDiffClassView(
    string Kind,
    IReadOnlyList<ComparedObject> Lost,
    IReadOnlyList<ComparedObject> New,
    IReadOnlyList<ChangedObject> Changed
)
{
    public static InfoDiffClassView Of(ClassDifference one) => new(one.Singular, one.Lost, one.New, one.Changed);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InfoDiffView))]
internal sealed partial class InfoDiffJson : JsonSerializerContext;
