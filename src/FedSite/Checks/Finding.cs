namespace FedSite.Checks;

/// <summary>One thing that a check saw.</summary>
/// <param name="Id">Stable, for instance <c>FS-OST-003</c>; its page in the documentation has the same name.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Seen">What was seen, with names and numbers.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Todo">What to do; null when there is nothing to do.</param>
/// <param name="Link">Where the documentation tells more.</param>
public sealed record Finding(string Id, Severity Severity, string Seen, string Why, string? Todo, string Link);
