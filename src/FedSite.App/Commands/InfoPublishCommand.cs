using System.CommandLine;
using FedSite.Information.Comparison;
using FedSite.Information.Documents;
using FedSite.Information.Publishing;

namespace FedSite.App.Commands;

/// <summary><c>fedsite info publish</c>: the document, to wherever the federation looks for it.</summary>
internal static class InfoPublishCommand
{
    private const string Force = "--force";

    public static AppCommand Create()
    {
        var to = new Option<string[]>("--to")
        {
            Description =
                "Only there: a type (file, swift, http), the name of a configured target, or any file or URL; may be given several times",
            HelpName = "TARGET",
            DefaultValueFactory = _ => [],
        };
        var force = new Option<bool>(Force)
        {
            Description = "Publish a document that lost more than information.max_loss",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Do all but publish and remember" };
        var strict = InfoShowCommand.Strict();
        return new AppCommand("publish", "Reads the site and publishes its document at all configured targets.")
        {
            Options = { to, force, dryRun, strict },
            Examples =
            [
                new("fedsite info publish", "The line for cron, every half an hour"),
                new("fedsite info publish --dry-run", "What would be published, and would it be held back?"),
                new("fedsite info publish --to file", "Only to the configured files"),
                new("fedsite info publish --to /tmp/site.json", "Into another file"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = InformationSession.ForPublishing(context);
                var targets = session.Information.Targets(arguments.GetValue(to)!);
                try
                {
                    var document = await session.MakeAsync([], cancellationToken);
                    var publishing = new Publishing(context, session, targets, arguments.GetValue(force));
                    var (view, exit) = await publishing.RunAsync(
                        document,
                        arguments.GetValue(dryRun),
                        cancellationToken
                    );
                    view.Show(context.Output);
                    return exit is ExitCode.Done ? InfoShowCommand.ExitOf(document, arguments.GetValue(strict)) : exit;
                }
                finally
                {
                    foreach (var target in targets)
                        target.Dispose();
                }
            },
        };
    }

    private sealed class Publishing(
        CommandContext context,
        InformationSession session,
        IReadOnlyList<DocumentTarget> targets,
        bool force
    )
    {
        public async Task<(InformationView View, ExitCode Exit)> RunAsync(
            SiteDocument document,
            bool dry,
            CancellationToken cancellationToken
        )
        {
            var bytes = document.ToBytes();
            if (session.Information.Faults(bytes) is [var fault, ..])
            {
                throw new FedSiteException(
                    $"The document is held back, no reader could use it: {fault.Where}: {fault.What}",
                    "This is a fault of FedSite: please report it, with the output of `fedsite info show`."
                );
            }

            var loss = await session.Information.LossAsync(bytes, targets, cancellationToken);
            var view = InformationView.Of(document, bytes.Length, session.Information.Requests) with
            {
                Loss =
                    loss is { Fault: null } && loss.Describe(session.Information.MaxLoss) is { Length: > 0 } lost
                        ? lost
                        : null,
            };
            if (IsHeldBack(loss))
            {
                if (!dry)
                    throw HeldBack(loss!);
                context.Console.Error(HeldBack(loss!).Message, HeldBack(loss!).NextStep);
            }

            if (dry)
                return (
                    view with
                    {
                        WouldPublish = [.. targets.Select(t => t.Name)],
                    },
                    IsHeldBack(loss) ? ExitCode.Failed : ExitCode.Done
                );
            var outcomes = await session.Information.PublishAsync(bytes, targets, cancellationToken);
            foreach (var failed in outcomes.Where(outcome => !outcome.IsDone))
                context.Console.Error(failed.Error!.Message, failed.Error.NextStep);
            return (
                view with
                {
                    Targets = [.. outcomes.Select(TargetView.Of)],
                },
                outcomes.All(outcome => outcome.IsDone) ? ExitCode.Done
                : outcomes.Any(outcome => outcome.IsDone) ? ExitCode.Partly
                : ExitCode.Failed
            );
        }

        private bool IsHeldBack(DocumentLoss? loss) =>
            !force && loss is { Fault: null } && loss.IsAbove(session.Information.MaxLoss);

        private FedSiteException HeldBack(DocumentLoss loss) =>
            new(
                $"The document is held back: {loss.Describe(session.Information.MaxLoss)}.",
                $"See `fedsite info diff` for what is gone. If that is right, publish it with {Force}."
            );
    }
}
