namespace FedSite.Checks;

/// <summary>What is checked, under an id that never changes its meaning.</summary>
/// <param name="Id">For instance <c>FS-OST-003</c>.</param>
/// <param name="Title">A few words, for headings.</param>
/// <param name="Why">Why it matters, in one or two sentences.</param>
/// <param name="Remedy">What to do in general; a finding may be more precise.</param>
public sealed record CheckRule(string Id, string Title, string Why, string Remedy)
{
    public Finding Ok(string seen) => Make(Severity.Ok, seen, todo: null);

    public Finding Info(string seen) => Make(Severity.Info, seen, todo: null);

    public Finding Warning(string seen, string? todo = null) => Make(Severity.Warning, seen, todo ?? Remedy);

    public Finding Error(string seen, string? todo = null) => Make(Severity.Error, seen, todo ?? Remedy);

    private Finding Make(Severity severity, string seen, string? todo) =>
        new(Id, severity, seen, Why, todo, $"{ProductInfo.Docs}checks.md#{Id.ToLowerInvariant()}");
}
