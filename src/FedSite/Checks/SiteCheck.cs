namespace FedSite.Checks;

/// <summary>Looks at one thing, and tells what it sees as soon as it sees it.</summary>
public delegate IAsyncEnumerable<Finding> CheckFunction(CheckSubject subject, CancellationToken cancellationToken);

/// <summary>A check, independent of all others.</summary>
/// <param name="Area">What it looks at.</param>
/// <param name="Rule">What stands broken when the check itself fails.</param>
/// <param name="Run">The check. It may throw; what it told before counts.</param>
public sealed record SiteCheck(CheckArea Area, CheckRule Rule, CheckFunction Run);
