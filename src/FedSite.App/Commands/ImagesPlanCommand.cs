namespace FedSite.App.Commands;

/// <summary><c>fedsite images plan</c>: what <c>sync</c> would do in Glance.</summary>
internal static class ImagesPlanCommand
{
    public static AppCommand Create()
    {
        var scope = new ImageScopeOptions();
        return new AppCommand(
            "plan",
            "Shows what has to be done for Glance to offer what the sources do, and why; changes nothing. Exit code 4: something has to."
        )
        {
            Options = { scope.Source, scope.Vo, scope.Force },
            Examples =
            [
                new("fedsite images plan", "What would `images sync` do?"),
                new("fedsite images plan --source egi_vm_images", "Only what comes from one source"),
                new("fedsite images plan --vo vo.access.egi.eu", "Only what one VO is to see"),
                new(
                    "fedsite images plan --output json | jq -r '.slots[] | select(.refusal) | \"\\(.slot): \\(.reason)\"'",
                    "What is not taken, and why"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = ImagesSession.ForReading(context);
                var plan = await session.PlanAsync(scope.Of(arguments), cancellationToken);
                ImagePlanView.Show(context.Output, plan, session.Images.Requests);
                return plan.Sources.All(source => source.IsFailed) ? ExitCode.Failed
                    : plan.Actions.Any() ? ExitCode.Differences
                    : plan.IsTroubled ? ExitCode.Partly
                    : ExitCode.Done;
            },
        };
    }
}
