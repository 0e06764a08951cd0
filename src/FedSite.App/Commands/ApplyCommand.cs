using System.CommandLine;
using System.Globalization;
using FedSite.Federation.Plans;

namespace FedSite.App.Commands;

/// <summary><c>fedsite apply</c>: makes the cloud as site.yaml says.</summary>
internal static class ApplyCommand
{
    public static AppCommand Create()
    {
        var file = new Argument<string?>("PLAN")
        {
            Description = "A plan that `fedsite plan --out` wrote: exactly that, or nothing",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var scope = new PlanOptions();
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var lockOut = new Option<bool>("--lock-out")
        {
            Description = "Go on although people who can log in now could not any more",
        };
        return new AppCommand(
            "apply",
            "Makes the cloud as site.yaml says: shows the plan, asks, and does it. Exit code 3: not all of it."
        )
        {
            Arguments = { file },
            Options = { scope.Only, scope.Vo, scope.Prune, scope.Force, yes, lockOut },
            Examples =
            [
                new("fedsite apply --os-cloud admin", "Show the plan, ask, do it"),
                new(
                    "fedsite apply plan.json --yes",
                    "Exactly the plan of that file; nothing if the cloud has moved since"
                ),
                new("fedsite apply --vo vo.access.egi.eu --yes", "One VO, from a script"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var planned = arguments.GetValue(file) is { } path ? PlanFile.Read(path) : null;
                if (planned is not null && scope.AreGiven(arguments))
                {
                    throw new FedSiteException(
                        "The plan itself says what it is about; --only, --vo and --prune belong to `fedsite plan`.",
                        "Leave them out.",
                        ExitCode.Usage
                    );
                }

                var answers = new Answers(arguments.GetValue(yes), arguments.GetValue(lockOut));
                using var session = FederationSession.Open(context);
                var run = new Run(context, session, planned, planned?.Scope ?? scope.Scope(arguments), answers);
                return await run.GoAsync(cancellationToken);
            },
        };
    }

    private sealed record Answers(bool Yes, bool LockOut);

    private sealed class Run(
        CommandContext context,
        FederationSession session,
        PlanDocument? planned,
        PlanScope scope,
        Answers answers
    )
    {
        private bool IsJson => context.Output.Format == OutputFormat.Json;

        public async Task<ExitCode> GoAsync(CancellationToken ct)
        {
            var plan = await PlanAsync(ct);
            if (planned is not null)
                RefuseIfMoved(planned, PlanDocument.Of(plan), "since the plan was made");
            if (!IsJson)
                PlanView.Print(context.Output, plan);
            // The plan comes before what is said of it.
            context.Output.Flush();
            Refuse(plan);
            if (plan.Changes.Count > 0 && !answers.Yes)
                plan = await AskAsync(plan, ct);
            var result = await ApplyAsync(plan, ct);
            return result.Failed.Count == 0 ? await VerifyAsync(plan, ct) : Fail(plan, result);
        }

        private async Task<Plan> PlanAsync(CancellationToken ct)
        {
            using var progress = context.Progress("Reading the cloud");
            return await session.Plans.PlanAsync(scope, ct);
        }

        private static void RefuseIfMoved(PlanDocument planned, PlanDocument now, string since)
        {
            var lines = now.Beyond(planned)
                .Select(change => $"now also: {change}")
                .Concat(planned.Beyond(now).Select(change => $"no longer: {change}"))
                .ToList();
            if (planned.Site != now.Site)
                lines.Insert(0, $"the plan is for the site {planned.Site}, this is {now.Site}");
            if (planned.Keystone != now.Keystone)
                lines.Insert(0, $"the plan is for {planned.Keystone}, this is {now.Keystone}");
            if (lines.Count == 0)
                return;
            throw new FedSiteException(
                $"The cloud, or site.yaml, has moved {since}; nothing was done.\n  {string.Join("\n  ", lines)}",
                "Make a new plan with `fedsite plan`."
            );
        }

        private void Refuse(Plan plan)
        {
            if (plan.Problems.Count > 0)
            {
                var first = plan.Problems[0];
                throw new FedSiteException(
                    $"{first.Message} Nothing was done.",
                    plan.Problems.Count == 1
                        ? first.NextStep
                        : $"{first.NextStep} And {plan.Problems.Count - 1} more: `fedsite plan` shows them."
                );
            }

            if (plan.LockOuts.Count > 0 && !answers.LockOut)
            {
                // A person has just seen them with the plan.
                var lines = IsJson ? $"\n{string.Join('\n', PlanView.LockOutLines(plan))}" : "";
                var vos = plan
                    .LockOuts.Select(one => one.Vo)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .ToList();
                var who = vos.Count == 0 ? "of no known VO" : $"of {string.Join(", ", vos)}";
                throw new FedSiteException(
                    $"People who can log in now could not any more ({who}); nothing was done.{lines}",
                    "Keep their entitlements, issuers and claims in site.yaml, or give --lock-out if that is meant."
                );
            }
        }

        private async Task<Plan> AskAsync(Plan plan, CancellationToken ct)
        {
            if (!context.Terminal.InIsTerminal || IsJson)
            {
                throw new FedSiteException(
                    "Nobody can be asked here; nothing was done.",
                    "Give --yes if the plan is right.",
                    ExitCode.Usage
                );
            }

            context.Output.Flush();
            context.Console.Line("Do this? Only `yes` goes on:");
            var answer = await Task.Run(context.Terminal.In.ReadLine, ct).WaitAsync(ct);
            if (answer?.Trim() != "yes")
                throw new FedSiteException("Not confirmed; nothing was done.", nextStep: null);
            var now = await PlanAsync(ct);
            RefuseIfMoved(PlanDocument.Of(plan), PlanDocument.Of(now), "while you were asked");
            return now;
        }

        private async Task<ApplyResult> ApplyAsync(Plan plan, CancellationToken ct)
        {
            using var progress = context.Progress("Changing the cloud", plan.Changes.Count);
            var done = 0;
            return await session.Plans.ApplyAsync(
                plan,
                change => progress.Report(++done, plan.Changes.Count, $"{change.Kind} {change.Name}"),
                ct
            );
        }

        private ExitCode Fail(Plan plan, ApplyResult result)
        {
            if (IsJson)
                Json(plan, result);
            var exit = result.Done > 0 ? ExitCode.Partly : ExitCode.Failed;
            const string Next = "`fedsite plan` shows what is left; `fedsite apply` goes on from there.";
            if (result.Failed is [var (change, failure)])
            {
                var text = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{PlanView.Text(change)}: {failure.Message} ({result.Done} changes are done, {result.Left} were not tried.)"
                );
                return context.Fail(text, $"{failure.NextStep} {Next}".Trim(), exit);
            }

            var lines = result.Failed.Select(one =>
                $"\n  {PlanView.Text(one.Change)}: {one.Failure.Message} {one.Failure.NextStep}".TrimEnd()
            );
            var counts = string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Failed.Count} changes failed, {result.Done} are done, {result.Left} were not tried because they hang on those:"
            );
            return context.Fail(string.Concat(lines.Prepend(counts)), Next, exit);
        }

        /// <summary>Looks once more: after a good run there is nothing left to do.</summary>
        private async Task<ExitCode> VerifyAsync(Plan plan, CancellationToken ct)
        {
            var left = plan.Changes.Count == 0 ? plan : await PlanAsync(ct);
            if (left.Changes.Count > 0)
            {
                return context.Fail(
                    $"All changes were made, yet the cloud is not as site.yaml says: {PlanView.Text(left.Changes[0])} is left.",
                    "Does another program change it? `fedsite plan` shows what is left.",
                    ExitCode.Partly
                );
            }

            if (IsJson)
                Json(plan, new ApplyResult(plan.Changes.Count, Failed: [], Left: 0));
            else if (plan.Changes.Count > 0)
                context.Output.Line(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{plan.Changes.Count} changes made; the cloud is as site.yaml says{(left.Findings.Count > 0 ? ", but for what the plan marks with ?" : "")}."
                    )
                );
            return left.Findings.Count > 0 ? ExitCode.Partly : ExitCode.Done;
        }

        private void Json(Plan plan, ApplyResult result) =>
            context.Output.Json(
                new ApplyDocument(
                    PlanDocument.Of(plan),
                    result.Done,
                    result.Left,
                    [
                        .. result.Failed.Select(one => new FailedChangeDocument(
                            PlanView.Text(one.Change),
                            one.Failure.Message,
                            one.Failure.NextStep
                        )),
                    ]
                ),
                PlanViewJson.Default.ApplyDocument
            );
    }
}
