using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>Collects what is wrong with one file, so that the user sees all of it at once.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<ConfigProblem> _problems = [];

    public string File { get; } = file;
    public bool HasErrors => _problems.Exists(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Something is wrong with the key or a part of it.</summary>
    public bool HasErrorsAt(string key) =>
        _problems.Exists(p =>
            p.Severity == ProblemSeverity.Error
            && p.Key is not null
            && p.Key.StartsWith(key, StringComparison.Ordinal)
            && (p.Key.Length == key.Length || p.Key[key.Length] is '.' or '[')
        );

    public void Error(Place place, string? key, string message) => Add(ProblemSeverity.Error, place, key, message);

    public void Warning(Place place, string? key, string message) => Add(ProblemSeverity.Warning, place, key, message);

    public IReadOnlyList<ConfigProblem> InFileOrder() => [.. _problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];

    private void Add(ProblemSeverity severity, Place place, string? key, string message)
    {
        var problem = new ConfigProblem(severity, File, place.Line, place.Column, key, message);
        if (!_problems.Contains(problem))
            _problems.Add(problem);
    }
}
