using System.CommandLine;
using System.Globalization;
using FedSite.Accounting;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting compare</c>: what two sets of records do not agree in.</summary>
internal static class AccountingCompareCommand
{
    private const int DefaultLimit = 20;

    public static AppCommand Create()
    {
        var first = new Argument<string>("DIR_A") { Description = "Message file, folder of message files, or spool" };
        var second = new Argument<string>("DIR_B") { Description = "What it is compared with" };
        var kind = Kinds.CreateOption();
        var ignored = new Option<string[]>("--ignore")
        {
            Description =
                $"Field that may differ, besides {string.Join(" and ", Comparison.RunFields)}; may be given several times",
            HelpName = "FIELD",
        };
        var limit = new Option<int>("--limit")
        {
            Description = $"Differing records shown (default: {DefaultLimit}); 0: all",
            HelpName = "NUMBER",
            DefaultValueFactory = _ => DefaultLimit,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }

                result.AddError($"--limit {text} is no number from 0 on.");
                return DefaultLimit;
            },
        };
        return new AppCommand("compare", "Shows what two sets of message files do not agree in, by record and field.")
        {
            Arguments = { first, second },
            Options = { kind, ignored, limit },
            Examples =
            [
                new(
                    "fedsite accounting compare other-spool /var/spool/apel/outgoing/openstack",
                    "Two programs' records"
                ),
                new("fedsite accounting compare before after --ignore CloudType", "Before and after an upgrade"),
                new(
                    "fedsite accounting compare before after --kind cloud --limit 0 --output json",
                    "All, for a script"
                ),
            ],
            Run = (context, arguments, cancellationToken) =>
                CompareAsync(
                    context,
                    (arguments.GetValue(first)!, arguments.GetValue(second)!),
                    Kinds.Of(arguments, kind),
                    arguments.GetValue(ignored) ?? [],
                    arguments.GetValue(limit) is > 0 and var some ? some : int.MaxValue,
                    cancellationToken
                ),
        };
    }

    private static async Task<ExitCode> CompareAsync(
        CommandContext context,
        (string A, string B) paths,
        RecordKind? kind,
        string[] ignored,
        int limit,
        CancellationToken cancellationToken
    )
    {
        using var index = new RecordIndex(Comparison.RunFields.Concat(ignored).ToHashSet(StringComparer.Ordinal));
        var a = await ReadAsync(context, index, paths.A, 0, kind, cancellationToken);
        var b = await ReadAsync(context, index, paths.B, 1, kind, cancellationToken);
        if (a.Files + b.Files == 0)
        {
            // Two empty sets would be equal, and a script would believe it.
            throw new FedSiteException(
                $"Neither {paths.A} nor {paths.B} holds a message.",
                "Name folders with messages; a spool of FedSite keeps those that were sent in its folder `sent`.",
                ExitCode.Usage
            );
        }

        foreach (var field in ignored.Where(field => !index.IgnoredFields.Contains(field)))
        {
            context.Console.Line($"warning: --ignore {field}: no record has this field", Tone.Warning);
        }

        var comparison = new Comparison(index, kind);
        var counts = comparison.Count(cancellationToken);
        var differing = counts.Sum(count => count.OnlyA + count.OnlyB + count.Different);
        var differences = comparison.Differences(cancellationToken).Take(limit);
        ComparisonView.Show(context, a, b, counts, differences, Math.Max(0, differing - limit));
        return differing > 0 ? ExitCode.Differences
            : a.Faults.Count + b.Faults.Count > 0 ? ExitCode.Partly
            : ExitCode.Done;
    }

    private static async Task<IndexedFiles> ReadAsync(
        CommandContext context,
        RecordIndex index,
        string path,
        int side,
        RecordKind? kind,
        CancellationToken cancellationToken
    )
    {
        var files = MessageFiles.Of(path);
        using var progress = context.Progress($"Reading {path}", files.Count);
        return await index.AddAsync(files, side, kind, () => progress.Advance(), cancellationToken);
    }
}
