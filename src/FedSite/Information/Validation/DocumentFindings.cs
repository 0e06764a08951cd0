using System.Globalization;

namespace FedSite.Information.Validation;

/// <summary>Findings, of each kind the first few; a site with 2 000 images has the same fault 2 000 times.</summary>
internal sealed class DocumentFindings
{
    private const int OfAKind = 20;
    private const int LongestText = 200;

    private readonly List<DocumentFinding> _kept = [];
    private readonly Dictionary<(string, string), (int Count, DocumentSeverity Severity, string Where)> _kinds = [];

    /// <param name="kind">Findings with the same one, at the same place of other objects, are of a kind.</param>
    /// <param name="finding">What was found.</param>
    public void Add(string kind, DocumentFinding finding)
    {
        var place = Generally(finding.Where);
        var (count, _, _) = _kinds.GetValueOrDefault((kind, place));
        _kinds[(kind, place)] = (count + 1, finding.Severity, place);
        if (count < OfAKind)
            _kept.Add(finding with { ObjectId = finding.ObjectId is { } id ? Cut(id) : null });
    }

    /// <summary>Errors first, each kind in the order of the document, and at the end how many more there are of some.</summary>
    public IReadOnlyList<DocumentFinding> ToList()
    {
        var more = _kinds
            .Values.Where(kind => kind.Count > OfAKind)
            .Select(kind => new DocumentFinding(
                kind.Severity,
                kind.Where,
                ObjectId: null,
                string.Create(CultureInfo.InvariantCulture, $"And {kind.Count - OfAKind} more of this kind."),
                NextStep: null
            ));
        return [.. _kept.Concat(more).OrderByDescending(finding => finding.Severity)];
    }

    /// <summary>Text out of the document as a message can hold it: one line, not too long.</summary>
    public static string Cut(string text) =>
        (text.Length <= LongestText ? text : text[..LongestText] + "…").ReplaceLineEndings(" ");

    // Share[3].OtherInfo → Share[].OtherInfo
    private static string Generally(string where) =>
        string.Concat(where.Split('[').Select((part, i) => i == 0 ? part : "[" + part[part.IndexOf(']')..]));
}
