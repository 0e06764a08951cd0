using CliWrap;
using CliWrap.Buffered;

namespace FedSite.Scenarios.Support;

/// <summary>The databases behind the real cloud: what its services know, whatever they show.</summary>
internal static class CloudDatabase
{
    /// <summary>The rows of a query, their columns as text; <c>NULL</c> as null.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(TestCloud cloud, string sql)
    {
        var result = await Cli.Wrap("mariadb")
            .WithArguments(["--socket", cloud.DatabaseSocket, "--skip-column-names", "--batch", "--execute", sql])
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return
        [
            .. result
                .StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => (IReadOnlyList<string?>)[.. line.Split('\t').Select(c => c is "NULL" ? null : c)]),
        ];
    }
}
