using System.Collections.Concurrent;

namespace FedSite.Information;

/// <summary>
/// Remembers services that keep silent. Waiting for one takes minutes: when two projects waited in vain and none got an
/// answer, the others do not wait any more.
/// </summary>
internal sealed class ServiceWatch
{
    private const int Enough = 2;
    private readonly ConcurrentDictionary<string, int> _silences = new(StringComparer.Ordinal);

    public bool IsSilent(string service) => _silences.GetValueOrDefault(service) >= Enough;

    public void Answered(string service) => _silences[service] = int.MinValue / 2;

    public void WasSilent(string service) => _silences.AddOrUpdate(service, 1, (_, before) => before + 1);
}
