using System.Text.Json.Serialization.Metadata;

namespace FedSite.OpenStack.Compute;

/// <summary>Flavors by id, for Nova before 2.47, which does not embed them in servers. Each is asked for once.</summary>
internal sealed class FlavorCache(CloudSession session) : IDisposable
{
    private readonly Dictionary<string, ServerFlavor?> _flavors = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <returns>Null: the flavor was deleted, or is not for this project.</returns>
    public async Task<ServerFlavor?> GetAsync(
        string baseUrl,
        string id,
        TokenScope scope,
        Microversion version,
        CancellationToken ct
    )
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_flavors.TryGetValue(id, out var flavor))
            {
                flavor = await AskAsync($"{baseUrl}/flavors/{Uri.EscapeDataString(id)}", scope, version, ct);
                _flavors.Add(id, flavor);
            }
            return flavor;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <param name="url">Of the flavor.</param>
    /// <returns>Null: the account may not see them, or the flavor was deleted.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> AskExtraSpecsAsync(
        string url,
        TokenScope scope,
        Microversion version,
        CancellationToken ct
    ) => (await FindAsync($"{url}/os-extra_specs", ComputeJson.Default.ExtraSpecsBody, scope, version, ct))?.ExtraSpecs;

    public void Dispose() => _gate.Dispose();

    private async Task<ServerFlavor?> AskAsync(string url, TokenScope scope, Microversion version, CancellationToken ct)
    {
        var body = await FindAsync(url, ComputeJson.Default.FlavorBody, scope, version, ct);
        if (body is not { Flavor: { } flavor })
        {
            return null;
        }
        return new ServerFlavor
        {
            Name = flavor.Name,
            Id = flavor.Id,
            Vcpus = flavor.Vcpus,
            RamMiB = flavor.RamMiB,
            DiskGiB = flavor.DiskGiB,
            EphemeralGiB = flavor.EphemeralGiB,
            ExtraSpecs = await AskExtraSpecsAsync(url, scope, version, ct),
        };
    }

    private async Task<T?> FindAsync<T>(
        string url,
        JsonTypeInfo<T> type,
        TokenScope scope,
        Microversion version,
        CancellationToken ct
    )
        where T : class
    {
        try
        {
            return await session.GetAsync(ServiceNames.Compute, scope, new Uri(url), type, ct, version.Headers);
        }
        catch (OpenStackException e) when (e.Status is 403 or 404)
        {
            return null;
        }
    }
}
