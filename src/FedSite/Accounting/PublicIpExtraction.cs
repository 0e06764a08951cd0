using System.Buffers;
using FedSite.Configuration;

namespace FedSite.Accounting;

/// <summary>
/// Counts one project's public addresses. They are measured now, whatever the window; a month that is over is reported
/// again as it was measured then.
/// </summary>
internal sealed class PublicIpExtraction(ProjectChoice project, KindOutput output, RunSources sources)
{
    private readonly ArrayBufferWriter<byte> _json = new(512);

    public PublicAddresses Addresses { get; } =
        new(sources.LikeCaso ? [PublicIpConfig.Floating] : sources.Config.PublicIp.Count);

    private UsageWindow? Present =>
        output
            .Months.Where(m => UsageWindow.MonthStart(m.To) == UsageWindow.MonthStart(sources.Now))
            .Select(m => (UsageWindow?)m)
            .LastOrDefault();

    /// <summary>Reads the addresses, but not yet who holds them.</summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        if (Present is null)
        {
            return;
        }

        if (Addresses.CountsFloating)
        {
            await foreach (var listed in sources.Cloud.Network.ListFloatingIpsAsync(project.Id!, cancel))
            {
                if (!sources.LikeCaso || listed.Item?.CreatedAt is null || listed.Item.CreatedAt <= output.Window.To)
                {
                    Check(listed.Item?.Id, listed.Fault ?? Addresses.AddFloating(listed.Item!), listed.Raw);
                }
            }
        }

        if (Addresses.NeedsPorts && !sources.LikeCaso)
        {
            var networks = await NetworksAsync(cancel);
            await foreach (var listed in sources.Cloud.Network.ListPortsAsync(project.Id!, cancel))
            {
                var network = listed.Item?.NetworkId is { } id ? networks.GetValueOrDefault(id) : null;
                Check(listed.Item?.Id, listed.Fault ?? Addresses.AddPort(listed.Item!, network), listed.Raw);
            }
        }
    }

    /// <summary>Makes the records, once the servers have been seen.</summary>
    public async Task RecordAsync(CancellationToken cancel)
    {
        foreach (var month in output.Months.Where(m => m != Present))
        {
            // A normal run has reported the month while it lasted.
            foreach (var count in sources.IsManual ? sources.Store.IpCounts(output.Key, month.From) : [])
            {
                await AddAsync(count, month, cancel);
            }
        }

        if (Present is { } present)
        {
            await (sources.LikeCaso ? MeasureLikeCasoAsync(present, cancel) : MeasureAsync(present, cancel));
        }
    }

    private async Task MeasureAsync(UsageWindow month, CancellationToken cancel)
    {
        var gone = sources
            .Store.LastIpCounts(output.Key)
            .Where(c => c.Count > 0)
            .ToDictionary(c => (c.Owner, c.Version));
        foreach (var (user, version, number) in Addresses.Holders())
        {
            var owner = user ?? project.Id!;
            var name = user is null ? project.Name : await sources.Users.NameAsync(user, project.Id!, cancel) ?? user;
            if (gone.Remove((owner, version), out var before) && before.Name != name)
            {
                // The repository takes another name for somebody else.
                await AddAsync(before with { Count = 0, Measured = month.To }, month, cancel);
            }

            await ReportAsync(new IpCount(owner, name, version, number, month.To));
        }

        // The repository keeps the last count of a month for good unless it is told.
        foreach (var count in gone.Values)
        {
            await ReportAsync(count with { Count = 0, Measured = month.To });
        }

        async Task ReportAsync(IpCount count)
        {
            await AddAsync(count, month, cancel);
            output.Reported.Add(count);
        }
    }

    /// <summary>One count for the whole project, and none when it holds no address.</summary>
    private async Task MeasureLikeCasoAsync(UsageWindow month, CancellationToken cancel)
    {
        foreach (var (_, version, number) in Addresses.Holders())
        {
            await AddAsync(new IpCount(project.Id!, project.Name, version, number, sources.Now), month, cancel);
        }
    }

    private async ValueTask AddAsync(IpCount count, UsageWindow month, CancellationToken cancel)
    {
        _json.ResetWrittenCount();
        sources.Builder.Ip(project, count).WriteTo(_json);
        await output.AddAsync(month.To, _json.WrittenMemory, cancel);
    }

    /// <summary>Words of the networks that count, by id.</summary>
    private async Task<Dictionary<string, string>> NetworksAsync(CancellationToken cancel)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Addresses.CountsByNetwork)
        {
            return words;
        }

        await foreach (var listed in sources.Cloud.Network.ListNetworksAsync(project.Id!, cancel))
        {
            if (listed.Item is not { } network)
            {
                output.Quarantine(null, listed.Fault!, listed.Raw.Span);
            }
            else if (network.External)
            {
                words[network.Id] = PublicIpConfig.External;
            }
            else if (network.ProjectId != project.Id)
            {
                words[network.Id] = PublicIpConfig.Provider;
            }
        }

        return words;
    }

    private void Check(string? id, string? fault, ReadOnlyMemory<byte> raw)
    {
        if (fault is not null)
        {
            output.Quarantine(id, fault, raw.Span);
        }
    }
}
