namespace FedSite.Configuration;

/// <summary>A configuration that can't be used; <see cref="Problems"/> has everything that is wrong with it.</summary>
public sealed class ConfigurationException : FedSiteException
{
    public ConfigurationException(string message, string nextStep)
        : base(message, nextStep, ExitCode.Usage) => Problems = [];

    public ConfigurationException(IReadOnlyList<ConfigProblem> problems)
        : base(
            string.Join('\n', problems.Where(p => p.Severity == ProblemSeverity.Error)),
            $"Correct the file; `fedsite config validate` checks it again, {ProductInfo.Docs}configuration.md has every key.",
            ExitCode.Usage
        ) => Problems = problems;

    /// <summary>All findings, warnings too, in the order of the file; empty when no file could be read.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; }
}
