using System.CommandLine;
using System.Globalization;
using FedSite.Accounting;
using FedSite.Federation.Retirement;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite vo retire</c>: the orderly end of a VO, stage by stage.</summary>
internal static class VoRetireCommand
{
    public static AppCommand Create()
    {
        var name = new Argument<string>("VO") { Description = "Its name" };
        var stage = new Option<string?>("--stage")
        {
            Description =
                "Do this stage: owners, unmap, withdraw, stop, delete, accounting or disable; without it, show where the VO stands",
            HelpName = "STAGE",
        };
        stage.AcceptOnlyFromAmong([.. RetirementStages.All.Select(one => one.Word())]);
        var undo = new Option<bool>("--undo") { Description = "Go back one stage; deleting can't be undone" };
        var after = new Option<string?>("--delete-after")
        {
            Description = "The day from which its machines may be deleted, for instance 2027-01-31 (UTC)",
            HelpName = "DAY",
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what the stage would do" };
        return new AppCommand(
            "retire",
            "Takes a VO off the site, stage by stage; each is shown, asked for, done and read back, and can be undone until its machines are deleted."
        )
        {
            Arguments = { name },
            Options = { stage, undo, after, yes, dryRun },
            Examples =
            [
                new("fedsite vo retire vo.example.org", "Where does it stand, and what comes next?"),
                new(
                    "fedsite vo retire vo.example.org --stage owners --delete-after 2027-01-31",
                    "Begin: whom to write to, and until when they have time"
                ),
                new("fedsite vo retire vo.example.org --stage unmap --dry-run", "What would the next stage do?"),
                new("fedsite vo retire vo.example.org --stage stop --yes", "From a script"),
                new("fedsite vo retire vo.example.org --undo", "Back by one stage"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var wanted = new Wanted(
                    arguments.GetValue(name)!,
                    arguments.GetValue(stage) is { } word ? RetirementStages.Parse(word) : null,
                    arguments.GetValue(undo),
                    arguments.GetValue(after) is { } text ? Day(text) : null,
                    arguments.GetValue(yes),
                    arguments.GetValue(dryRun)
                );
                if (wanted is { Undo: true, Stage: not null } or { Undo: true, DeleteAfter: not null })
                {
                    throw new FedSiteException(
                        "--undo goes back one stage; it takes neither --stage nor --delete-after.",
                        "Leave them out.",
                        ExitCode.Usage
                    );
                }

                // A look needs no account, and nobody has to be waited for.
                if (
                    wanted is { Stage: null, Undo: false, DeleteAfter: null }
                    && RetirementStore.Of(context.Site, context.OpenState(), context.Time) is { } store
                )
                {
                    RetirementView.Show(context.Output, VoRetirements.Standing(context.Site, store, wanted.Vo));
                    return ExitCode.Done;
                }

                using var session = FederationSession.Open(context);
                return await new Run(context, session, wanted).GoAsync(cancellationToken);
            },
        };
    }

    private static DateOnly Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new FedSiteException(
                $"`{text}` is no day.",
                "Write it as --delete-after 2027-01-31.",
                ExitCode.Usage
            );

    private sealed record Wanted(
        string Vo,
        RetirementStage? Stage,
        bool Undo,
        DateOnly? DeleteAfter,
        bool Yes,
        bool DryRun
    );

    private sealed class Run(CommandContext context, FederationSession session, Wanted wanted)
    {
        private readonly VoRetirements _retirements = Retirements(context, session);

        private bool IsJson => context.Output.Format == OutputFormat.Json;

        public async Task<ExitCode> GoAsync(CancellationToken ct)
        {
            if (wanted is { Stage: null, Undo: false })
                return ShowStanding();
            var plan = await PlanAsync(ct);
            if (!IsJson)
                RetirementView.Print(context.Output, plan);
            if (wanted.DryRun)
                return ShowPlan(plan);
            context.Output.Flush();
            Refuse(plan);
            if (!wanted.Yes)
                plan = await AskAsync(plan, ct);
            return Tell(plan, await DoAsync(plan, ct));
        }

        private ExitCode ShowStanding()
        {
            var before = _retirements.Standing(wanted.Vo).Known?.DeleteAfter;
            if (wanted.DeleteAfter is { } day && !wanted.DryRun)
                _retirements.SetDeleteAfter(wanted.Vo, day);
            RetirementView.Show(context.Output, _retirements.Standing(wanted.Vo), before);
            return ExitCode.Done;
        }

        private ExitCode ShowPlan(RetirementPlan plan)
        {
            if (IsJson)
                RetirementView.Json(context.Output, plan, result: null, _retirements.Standing(wanted.Vo));
            return plan.Problems.Count > 0 ? ExitCode.Failed : ExitCode.Done;
        }

        private async Task<RetirementPlan> PlanAsync(CancellationToken ct)
        {
            using var progress = context.Progress("Reading the cloud");
            return wanted.Undo
                ? await _retirements.PlanUndoAsync(wanted.Vo, ct)
                : await _retirements.PlanAsync(wanted.Vo, wanted.Stage!.Value, wanted.DeleteAfter, ct);
        }

        private static void Refuse(RetirementPlan plan)
        {
            if (plan.Problems is not [var first, ..])
                return;
            throw new FedSiteException(
                $"{first.Message} Nothing was done.",
                plan.Problems.Count == 1
                    ? first.NextStep
                    : $"{first.NextStep} And {plan.Problems.Count - 1} more: --dry-run shows them."
            );
        }

        private async Task<RetirementPlan> AskAsync(RetirementPlan plan, CancellationToken ct)
        {
            if (!context.Terminal.InIsTerminal || IsJson)
            {
                throw new FedSiteException(
                    "Nobody can be asked here; nothing was done.",
                    "Give --yes if that is right; --dry-run shows it.",
                    ExitCode.Usage
                );
            }

            context.Console.Line("Do this? Only `yes` goes on:");
            var answer = await Task.Run(context.Terminal.In.ReadLine, ct).WaitAsync(ct);
            if (answer?.Trim() != "yes")
                throw new FedSiteException("Not confirmed; nothing was done.", nextStep: null);
            var now = await PlanAsync(ct);
            Refuse(now);
            return now.IsLike(plan)
                ? now
                : throw new FedSiteException(
                    "The cloud has moved while you were asked; nothing was done.",
                    "Run the same again, and look at what is new."
                );
        }

        private async Task<RetirementResult> DoAsync(RetirementPlan plan, CancellationToken ct)
        {
            using var progress = context.Progress("Changing the cloud", plan.Actions.Count);
            var done = 0;
            var total = plan.Actions.Count;
            return await _retirements.DoAsync(
                plan,
                action => progress.Report(++done, total, $"{action.Kind} {action.Name}"),
                ct
            );
        }

        private ExitCode Tell(RetirementPlan plan, RetirementResult result)
        {
            var standing = _retirements.Standing(wanted.Vo);
            foreach (var (action, failure) in result.Failed)
                context.Console.Error($"{action}: {failure.Message}", failure.NextStep);
            if (result.Left is [var first, ..])
            {
                var more = result.Left.Count > 1 ? $", and {result.Left.Count - 1} more" : "";
                context.Console.Error(
                    $"Not done yet: {first}{more}.",
                    "Run the same again: it goes on where this ended. What hangs does not come by waiting: see `Stopping and deleting` in docs/retiring-a-vo.md."
                );
            }

            if (IsJson)
                RetirementView.Json(context.Output, plan, result, standing);
            else if (result.IsWhole)
                RetirementView.Show(context.Output, standing);
            return result.IsWhole ? ExitCode.Done
                : result.Done == 0 && result.Failed.Count > 0 ? ExitCode.Failed
                : ExitCode.Partly;
        }

        private static VoRetirements Retirements(CommandContext context, FederationSession session)
        {
            var state = context.OpenState();
            var delivery = new ProjectDelivery(
                context.Site,
                new AccountingStore(state, context.Time),
                Outbox.Open(context.Site, context.Time, context.Loggers)
            );
            return new VoRetirements(context.Site, session.Cloud, state, session.Plans, delivery, context.Time);
        }
    }
}
