using System.CommandLine;
using FedSite.Images.Plans;
using FedSite.Images.Sync;

namespace FedSite.App.Commands;

/// <summary><c>fedsite images sync</c>: makes Glance offer what the sources do.</summary>
internal static class ImagesSyncCommand
{
    public static AppCommand Create()
    {
        var scope = new ImageScopeOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done, as `images plan`" };
        return new AppCommand(
            "sync",
            "Makes Glance offer what the sources do: adds, replaces, shares, hides and removes images."
        )
        {
            Options = { scope.Source, scope.Vo, scope.Force, dryRun },
            Examples =
            [
                new("fedsite images sync", "The line for cron, every hour"),
                new("fedsite images sync --dry-run", "What would it do?"),
                new("fedsite images sync --vo vo.access.egi.eu", "A VO has just joined: its images now"),
                new("fedsite images sync --force", "A source gave up many images on purpose: believe it"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = ImagesSession.ForChanging(context);
                var plan = await session.PlanAsync(scope.Of(arguments), cancellationToken);
                if (arguments.GetValue(dryRun))
                {
                    ImagePlanView.Show(context.Output, plan, session.Images.Requests);
                    return plan.IsTroubled ? ExitCode.Partly : ExitCode.Done;
                }

                SyncReport report;
                using (var shown = context.Progress("Images"))
                    report = await session.Images.SyncAsync(plan, new Shown(shown), cancellationToken);
                foreach (var failed in report.Failed)
                    context.Console.Error(ImageWords.Why(failed), failed.Failure!.NextStep);
                ImageSyncView.Show(context.Output, plan, report, session.Images.Requests);
                return ExitOf(plan, report);
            },
        };
    }

    private static ExitCode ExitOf(ImagePlan plan, SyncReport report)
    {
        var nothing = plan.Sources.All(source => source.IsFailed) || (report.Failed.Any() && !report.Done.Any());
        return nothing ? ExitCode.Failed
            : plan.IsTroubled || report.Failed.Any() ? ExitCode.Partly
            : ExitCode.Done;
    }

    /// <summary>Shows each step at once; <c>System.Progress</c> would do so later, and out of order.</summary>
    private sealed class Shown(Terminals.Progress shown) : IProgress<SyncProgress>
    {
        public void Report(SyncProgress value)
        {
            lock (shown)
                shown.Report(value.Done, value.Total, value.Bytes > 0 ? ImageWords.Size(value.Bytes) : "");
        }
    }
}
