using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Information;
using FedSite.Information.Documents;
using FedSite.OpenStack;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.App.Commands;

/// <summary>What <c>fedsite info</c> works with.</summary>
internal sealed class InformationSession : IDisposable
{
    private readonly CommandContext _context;
    private readonly RunLock? _alone;

    private InformationSession(CommandContext context, StateDatabase? state, RunLock? alone)
    {
        _context = context;
        _alone = alone;
        Information = new SiteInformation(
            context.Site,
            FindAccount(context),
            context.Host,
            state,
            context.Time,
            context.Loggers
        );
    }

    public SiteInformation Information { get; }

    /// <summary>For a look: without the state folder, which another account may own, only memory is missing.</summary>
    public static InformationSession ForReading(CommandContext context)
    {
        StateDatabase? state = null;
        try
        {
            state = context.OpenState();
        }
        catch (FedSiteException e)
        {
            context.Loggers.CreateLogger("FedSite.Information").LogStateMissing(e.Message);
            if (context.Site.Federation is not null)
                context.Console.Line(
                    $"warning: VOs that leave the site may be in the document: {e.Message}",
                    Tone.Warning
                );
        }

        return new InformationSession(context, state, alone: null);
    }

    /// <summary>For publishing, alone among all runs on this state folder.</summary>
    public static InformationSession ForPublishing(CommandContext context)
    {
        var state = context.OpenState();
        var alone = RunLock.Acquire(state.Folder, "information", context.Time);
        try
        {
            return new InformationSession(context, state, alone);
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    public async Task<SiteDocument> MakeAsync(IReadOnlyList<string> vos, CancellationToken cancellationToken)
    {
        SiteDocument document;
        using (var shown = _context.Progress("Reading VOs"))
        {
            document = await Information.MakeAsync(vos, new Shown(shown), cancellationToken);
        }

        if (!document.HasOffers)
        {
            _context.Console.Error(
                document.Shares + document.Failures.Count == 0
                    ? "The account has a role in no project that the file or a property gives to a VO: the document offers nothing."
                    : "No account got into a project of a VO: the document offers nothing.",
                "`fedsite check` tells what account and projects lack; docs/information.md which projects count."
            );
        }

        return document;
    }

    public void Dispose()
    {
        Information.Dispose();
        _alone?.Dispose();
    }

    /// <returns>Null: the site has no account, but each VO has.</returns>
    private static CloudCredentials? FindAccount(CommandContext context)
    {
        var information = context.Site.Information;
        try
        {
            return context.FindCloud(information.OpenStack ?? context.Site.OpenStack);
        }
        catch (ConfigurationException) when (HasOnlyOwnAccounts(context.Site) && context.Options.OsCloud is null)
        {
            return null;
        }
    }

    private static bool HasOnlyOwnAccounts(SiteConfig site)
    {
        var own = site.Information.Vos.Where(vo => vo.OpenStack is not null).Select(vo => vo.Name).ToHashSet();
        return own.Count > 0
            && site.Vos.All(vo => own.Contains(vo.Name))
            && site.Information.Vos.All(vo => own.Contains(vo.Name));
    }

    /// <summary>Shows each step at once; <c>System.Progress</c> would do so later, and out of order.</summary>
    private sealed class Shown(Terminals.Progress shown) : IProgress<InformationProgress>
    {
        public void Report(InformationProgress value) => shown.Report(value.Done, value.Total, "");
    }
}

internal static partial class InformationLog
{
    [LoggerMessage(LogLevel.Debug, "Nothing is remembered: {Error}")]
    public static partial void LogStateMissing(this ILogger log, string error);
}
