using System.Collections.Concurrent;

namespace FedSite.Information;

/// <summary>
/// Remembers services that keep silent, and parts of them. Waiting for one takes minutes: when two projects waited in
/// vain and none got an answer, the others do not wait any more.
/// </summary>
internal sealed class ServiceWatch
{
    private const int Enough = 2;
    private readonly ConcurrentDictionary<string, int> _silences = new(StringComparer.Ordinal);

    public bool IsSilent(string name) => _silences.GetValueOrDefault(name) >= Enough;

    public void Answered(string name) => _silences[name] = int.MinValue / 2;

    public void WasSilent(string name) => _silences.AddOrUpdate(name, 1, (_, before) => before + 1);
}
