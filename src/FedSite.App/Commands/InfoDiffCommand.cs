using System.CommandLine;
using FedSite.Information.Comparison;
using FedSite.Information.Publishing;

namespace FedSite.App.Commands;

/// <summary><c>fedsite info diff</c>: what publishing would change.</summary>
internal static class InfoDiffCommand
{
    public static AppCommand Create()
    {
        var against = new Option<string?>("--against")
        {
            Description = "Target to compare with: as --to of publish (default: the first one that is configured)",
            HelpName = "TARGET",
        };
        var all = new Option<bool>("--all")
        {
            Description = "Also what changes all the time: numbers of servers, use of quotas",
        };
        return new AppCommand(
            "diff",
            "Compares the site as it is now with what is published. Exit 0: the same, 4: different."
        )
        {
            Options = { against, all },
            Examples =
            [
                new("fedsite info diff", "What would `fedsite info publish` change?"),
                new("fedsite info diff --against swift", "Against the object in Swift"),
                new(
                    "fedsite info diff --against yesterday.json --output json",
                    "Against a document that was kept, for a script"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = InformationSession.ForReading(context);
                var wanted = arguments.GetValue(against);
                var targets = session.Information.Targets(wanted is null ? [] : [wanted]);
                try
                {
                    return await CompareAsync(context, session, targets[0], arguments.GetValue(all), cancellationToken);
                }
                finally
                {
                    foreach (var target in targets)
                        target.Dispose();
                }
            },
        };
    }

    private static async Task<ExitCode> CompareAsync(
        CommandContext context,
        InformationSession session,
        DocumentTarget target,
        bool withVolatile,
        CancellationToken cancellationToken
    )
    {
        // What is published first: whoever mistyped it need not wait for the site.
        var before =
            await target.ReadAsync(cancellationToken)
            ?? throw new FedSiteException(
                $"Nothing is published at {target.Name} yet.",
                "Publish it with `fedsite info publish`, or compare with another target (--against)."
            );
        var after = (await session.MakeAsync([], cancellationToken)).ToBytes();
        var difference = DocumentDifference.Between(before, after, withVolatile);
        if (difference.Fault is { } fault)
        {
            throw new FedSiteException(
                $"What is published at {target.Name} can't be compared: {fault}",
                "See what `fedsite info validate` says of it; `fedsite info publish` replaces it."
            );
        }

        InfoDiffView.Show(context.Output, target.Name, "now", difference);
        return difference.IsEqual ? ExitCode.Done : ExitCode.Differences;
    }
}
