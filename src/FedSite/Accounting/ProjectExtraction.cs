using FedSite.Configuration;

namespace FedSite.Accounting;

/// <summary>
/// Reads one project for all kinds of records. A service that fails costs the kinds that need it, and no others.
/// </summary>
internal sealed class ProjectExtraction
{
    private readonly ProjectChoice _project;
    private readonly RunSources _sources;

    public ProjectExtraction(ProjectChoice project, IReadOnlyList<KindWindow> windows, RunSources sources)
    {
        _project = project;
        _sources = sources;
        Outputs = [.. windows.Select(w => new KindOutput(w, sources))];
    }

    /// <summary>What became of each kind.</summary>
    public IReadOnlyList<KindOutput> Outputs { get; }

    public async Task RunAsync(CancellationToken cancel)
    {
        var ip = Outputs.FirstOrDefault(o => o.Kind is RecordKind.Ip);
        var addresses = ip is null ? null : new PublicIpExtraction(_project, ip, _sources);
        if (ip is not null)
        {
            await TryAsync([ip], addresses!.ReadAsync, cancel);
        }

        await ReadServersAsync(ip, addresses?.Addresses, cancel);
        if (ip is { Error: null })
        {
            await TryAsync([ip], addresses!.RecordAsync, cancel);
        }

        if (Outputs.FirstOrDefault(o => o.Kind is RecordKind.Storage) is { } storage)
        {
            await TryAsync([storage], new VolumeExtraction(_project, storage, _sources).RunAsync, cancel);
        }
    }

    /// <summary>One listing of the servers serves all kinds that need it.</summary>
    private async Task ReadServersAsync(KindOutput? ip, PublicAddresses? addresses, CancellationToken cancel)
    {
        var outputs = Outputs.Where(o => o.Kind is RecordKind.Cloud or RecordKind.Accelerator).ToList();
        Func<string?, string?> imageOf = id => id;
        if (outputs.Find(o => o.Kind is RecordKind.Cloud) is { } cloud)
        {
            await TryAsync(
                [cloud],
                async c => imageOf = await _sources.Images.ForProjectAsync(_project.Id!, c),
                cancel
            );
            outputs.RemoveAll(o => o.Error is not null);
        }

        FlavorsToday? flavors = null;
        if (outputs.Count > 0)
        {
            await TryAsync(
                outputs,
                async c => flavors = await _sources.Flavors.ForProjectAsync(_project.Id!, c),
                cancel
            );
            outputs.RemoveAll(o => o.Error is not null);
        }

        var asking = ip is { Error: null } && addresses!.HasServers ? addresses : null;
        if (outputs.Count > 0 || asking is not null)
        {
            await TryAsync(
                asking is null ? outputs : [.. outputs, ip!],
                new ServerExtraction(_project, outputs, _sources, imageOf, flavors, asking).RunAsync,
                cancel
            );
        }
    }

    private static async Task TryAsync(
        IEnumerable<KindOutput> outputs,
        Func<CancellationToken, Task> read,
        CancellationToken cancel
    )
    {
        try
        {
            await read(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            foreach (var output in outputs)
            {
                output.Fail(e);
            }
        }
    }
}
