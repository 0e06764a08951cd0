using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Information;

/// <summary>
/// Flavors of a cloud. Their details, which are long, are read once; each project then lists the mere ids of those that
/// are for it. Nova tells private flavors only to a project that has access, and to administrators, who see those of all.
/// </summary>
internal sealed class FlavorReading : IDisposable
{
    /// <summary>
    /// How many projects may find a private flavor of their own, which costs them a second request, before the others ask
    /// for details at once: it bounds the requests of a run.
    /// </summary>
    private const int Spare = 2;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>One for each surprise that there may still be.</summary>
    private readonly SemaphoreSlim _permits = new(Spare);
    private readonly Dictionary<string, ListedFlavor> _known = new(StringComparer.Ordinal);
    private bool _isListed;
    private int _surprises;

    /// <exception cref="OpenStackException">They can't be read.</exception>
    public async Task<IReadOnlyList<ListedFlavor>> ReadAsync(
        OpenStackCloud account,
        string projectId,
        CancellationToken ct
    )
    {
        await _permits.WaitAsync(ct);
        var permits = 1;
        try
        {
            if (Volatile.Read(ref _surprises) >= Spare)
                return await ReadDetailsAsync(account.Compute.ListUsableFlavorsAsync(projectId, ct));
            var listing = account.Compute.ListFlavorIdsAsync(projectId, ct);
            await Task.WhenAll(ListOnceAsync(account, projectId, ct), listing);
            var ids = await listing;
            if (Find(ids) is { } all)
                return all;
            // This permit is used up; after the last one nobody needs any more.
            permits = Interlocked.Increment(ref _surprises) < Spare ? 0 : Spare;
            await ReadDetailsAsync(account.Compute.ListAllFlavorsAsync(projectId, ct));
            // One that vanished between two answers is no flavor any more.
            return Find([.. ids.Where(IsKnown)])!;
        }
        finally
        {
            if (permits > 0)
                _permits.Release(permits);
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _permits.Dispose();
    }

    private async Task ListOnceAsync(OpenStackCloud account, string projectId, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_isListed)
            {
                await ReadDetailsAsync(account.Compute.ListAllFlavorsAsync(projectId, ct));
                _isListed = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsKnown(string id)
    {
        lock (_known)
        {
            return _known.ContainsKey(id);
        }
    }

    /// <returns>Null: the details of one are not known.</returns>
    private List<ListedFlavor>? Find(IReadOnlyList<string> ids)
    {
        lock (_known)
        {
            return ids.All(_known.ContainsKey)
                ? [.. ids.Select(id => _known[id]).Where(flavor => !flavor.Disabled)]
                : null;
        }
    }

    private async Task<List<ListedFlavor>> ReadDetailsAsync(IAsyncEnumerable<Listed<ListedFlavor>> details)
    {
        var flavors = new List<ListedFlavor>();
        await foreach (var listed in details)
        {
            if (listed.Item is { } flavor)
            {
                lock (_known)
                {
                    _known[flavor.Id] = flavor;
                }

                if (!flavor.Disabled)
                    flavors.Add(flavor);
            }
        }

        return flavors;
    }
}
