namespace FedSite.Information.Validation;

/// <summary>
/// Judges a document, of whatever site and program: whether it keeps to the contract, and whether each consumer finds
/// what it needs. Nothing is asked of the network.
/// </summary>
public static class DocumentValidator
{
    /// <summary>Largest document: a site with 10 000 images and 30 VOs has 250 MB when each is repeated.</summary>
    public const int MaximumBytes = 256 << 20;

    /// <summary>Where findings about the site's id in GOCDB stand, which is missing while GOCDB is.</summary>
    public const string GocdbPlace = "CloudComputingService[0].OtherInfo";

    /// <summary>All findings, errors first; of each kind the first 20, and how many more there are.</summary>
    /// <param name="document">Anything; UTF-8 of up to 256 MiB can be a document.</param>
    /// <param name="now">Time by which its age is judged.</param>
    public static IReadOnlyList<DocumentFinding> Check(ReadOnlyMemory<byte> document, DateTimeOffset now)
    {
        var findings = new DocumentFindings();
        using var json = DocumentReader.Read(document, out var fault);
        if (json is null)
        {
            var what = $"{fault} The query API drops the whole site.";
            findings.Add("document", new(DocumentSeverity.Error, "document", ObjectId: null, what, NextStep: null));
        }
        else
        {
            new ShapeCheck(findings).Check(json.RootElement);
            new ReferenceCheck(findings, json.RootElement).Check();
            new ConsumerCheck(findings, json.RootElement, now).Check();
        }

        return findings.ToList();
    }
}
