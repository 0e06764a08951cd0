using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using Microsoft.Extensions.Logging;

namespace FedSite.Accounting;

/// <summary>
/// What flavors say today of benchmarks and accelerators. A server remembers its flavor as it was when the server was
/// made, but a benchmark is often measured, and noted, later.
/// </summary>
internal sealed partial class FlavorDirectory(ComputeApi compute, AccountingConfig config, ILogger log)
{
    /// <summary>Today's flavors of a project, by name.</summary>
    public async Task<FlavorsToday> ForProjectAsync(string project, CancellationToken cancel)
    {
        var specs = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        try
        {
            await foreach (var listed in compute.ListFlavorsAsync(project, cancel))
            {
                // Before 2.61 the list has no extra specs.
                if (listed.Item is { ExtraSpecs: { } all } flavor)
                {
                    specs[flavor.Name] = all.Where(s => IsWanted(s.Key)).ToDictionary(StringComparer.Ordinal);
                }
            }
        }
        catch (OpenStackException e) when (e.Status is 403)
        {
            Log.FlavorsUnreadable(log, project);
        }

        return new FlavorsToday(specs, config);
    }

    private bool IsWanted(string key) =>
        key == config.Benchmark.TypeKey
        || key == config.Benchmark.ValueKey
        || key.StartsWith("Accelerator:", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The account may not list flavors in project {Project}: benchmarks and accelerators are those of the time when a server was made"
        )]
        public static partial void FlavorsUnreadable(ILogger log, string project);
    }
}

/// <summary>Extra specs of today's flavors that matter for records.</summary>
internal sealed class FlavorsToday(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> specs,
    AccountingConfig config
)
{
    /// <summary>The server with its flavor's extra specs as they are today, where they say something.</summary>
    public Server Apply(Server server)
    {
        if (server.Flavor is not { } flavor || specs.Count == 0)
        {
            return server;
        }

        if (config.Compat is AccountingConfig.Caso5)
        {
            server = WithoutBenchmark(server, flavor);
            flavor = server.Flavor!;
        }

        if (specs.GetValueOrDefault(flavor.Name) is not { Count: > 0 } today)
        {
            return server;
        }

        var merged = new Dictionary<string, string>(
            flavor.ExtraSpecs ?? new Dictionary<string, string>(),
            StringComparer.Ordinal
        );
        foreach (var (key, value) in today)
        {
            merged[key] = value;
        }

        return server with
        {
            Flavor = flavor with { ExtraSpecs = merged },
        };
    }

    /// <summary>cASO asks for the flavor, and knows no benchmark but today's.</summary>
    private Server WithoutBenchmark(Server server, ServerFlavor flavor) =>
        flavor.ExtraSpecs is not { } specs
            ? server
            : server with
            {
                Flavor = flavor with
                {
                    ExtraSpecs = specs
                        .Where(s => s.Key != config.Benchmark.TypeKey && s.Key != config.Benchmark.ValueKey)
                        .ToDictionary(StringComparer.Ordinal),
                },
            };
}
