namespace FedSite.Information.Validation;

/// <summary>Something that is wrong with a document.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Where">Path in the document, such as <c>CloudComputingImage[3].Associations.Share[0]</c>; <c>document</c> is the whole.</param>
/// <param name="ObjectId"><c>ID</c> of the object there, if it has one.</param>
/// <param name="What">What is wrong, and for whom.</param>
/// <param name="NextStep">What to do about it, if there is more to say than to put it right.</param>
public sealed record DocumentFinding(
    DocumentSeverity Severity,
    string Where,
    string? ObjectId,
    string What,
    string? NextStep
);

/// <summary>How bad a finding is.</summary>
public enum DocumentSeverity
{
    /// <summary>It departs from the contract, or something that it names can't be found; the rest can be used.</summary>
    Warning,

    /// <summary>A consumer drops the site, or is told something that is not so.</summary>
    Error,
}
