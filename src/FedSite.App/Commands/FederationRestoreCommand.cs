using System.CommandLine;
using System.Text.Json.Serialization;
using FedSite.Federation;
using FedSite.Federation.Plans;

namespace FedSite.App.Commands;

/// <summary><c>fedsite federation restore</c>: puts a mapping back.</summary>
internal static class FederationRestoreCommand
{
    public static AppCommand Create()
    {
        var mapping = new Option<string?>("--mapping")
        {
            Description = "Id of the mapping; needed when providers have mappings of their own",
            HelpName = "ID",
        };
        var yes = new Option<bool>("--yes") { Description = "Really; without it, only what would change is shown" };
        return new AppCommand(
            "restore",
            "Puts the mapping back that the last apply replaced. The one in its place is kept, so that a second restore undoes the first."
        )
        {
            Options = { mapping, yes },
            Examples =
            [
                new("fedsite federation restore --os-cloud admin", "What would change? Exit code 4: something"),
                new("fedsite federation restore --os-cloud admin --yes", "People are locked out: back to how it was"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var id = arguments.GetValue(mapping) ?? OnlyMapping(context);
                using var session = FederationSession.Open(context);
                var restore = await MappingRestore.PrepareAsync(
                    session.Cloud.Identity,
                    session.Plans.Store,
                    id,
                    cancellationToken
                );
                var isDone = restore.Words.Count > 0 && arguments.GetValue(yes);
                if (isDone)
                    await restore.RunAsync(cancellationToken);
                Show(context, restore, isDone);
                return restore.Words.Count == 0 || isDone ? ExitCode.Done : ExitCode.Differences;
            },
        };
    }

    private static string OnlyMapping(CommandContext context)
    {
        var federation =
            context.Site.Federation
            ?? throw new FedSiteException(
                "site.yaml has no `federation`.",
                "Name the mapping with --mapping.",
                ExitCode.Usage
            );
        var ids = OpenIdProvider
            .Of(federation)
            .Select(provider => provider.Mapping)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return ids.Count == 1
            ? ids[0]
            : throw new FedSiteException(
                $"There are several mappings: {string.Join(", ", ids)}.",
                "Name one with --mapping.",
                ExitCode.Usage
            );
    }

    private static void Show(CommandContext context, MappingRestore restore, bool isDone)
    {
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(
                new RestoreDocument(restore.Kept.Mapping, restore.Kept.Replaced, restore.Words, isDone),
                RestoreJson.Default.RestoreDocument
            );
            return;
        }

        context.Output.Line(
            $"Mapping {restore.Kept.Mapping} as it was until {restore.Kept.Replaced:yyyy-MM-dd HH:mm:ss}Z:"
        );
        foreach (var line in restore.Words)
            context.Output.Line($"  {line}");
        context.Output.Line(
            restore.Words.Count == 0 ? "Keystone has it already."
            : isDone ? "Put back. `fedsite plan` shows how it differs from site.yaml now."
            : "Nothing was done; --yes puts it back."
        );
    }
}

internal sealed record RestoreDocument(string Mapping, DateTimeOffset Replaced, IReadOnlyList<string> Words, bool Done);

[JsonSerializable(typeof(RestoreDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class RestoreJson : JsonSerializerContext;
