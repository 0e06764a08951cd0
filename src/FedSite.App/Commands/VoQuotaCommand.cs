using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Federation.Quotas;

namespace FedSite.App.Commands;

/// <summary><c>fedsite vo quota</c>: what VOs may have, what they have, and what part of the cloud that is.</summary>
internal static class VoQuotaCommand
{
    /// <summary>Those of an overview, besides what site.yaml names.</summary>
    private static readonly string[] Usual = ["instances", "cores", "ram", "volumes", "volume_storage", "floating_ips"];

    public static AppCommand Create()
    {
        var name = new Argument<string?>("VO")
        {
            Description = "Its name, for all its quotas; left out: the usual ones of every VO",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new AppCommand(
            "quota",
            "Shows what VOs may have, what they have, and what part of the cloud that is. Exit code 3: something could not be read."
        )
        {
            Arguments = { name },
            Examples =
            [
                new("fedsite vo quota --os-cloud admin", "All VOs; what is unlimited or not known is shown as such"),
                new(
                    "fedsite vo quota vo.access.egi.eu --output json",
                    "All limits of one VO, in units of the services"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var wanted = arguments.GetValue(name);
                Require(context.Site, wanted);
                using var cloud = FederationSession.Connect(context);
                VoQuotas read;
                using (context.Progress("Reading quotas"))
                    read = await new VoQuotaReader(cloud).ReadAsync(context.Site.Vos, wanted, cancellationToken);
                foreach (var warning in read.Warnings)
                    context.Console.Line($"warning: {warning}", Tone.Warning);
                Show(context.Output, wanted is null ? Overview(read) : read);
                return read.Warnings.Count > 0 ? ExitCode.Partly : ExitCode.Done;
            },
        };
    }

    private static void Require(SiteConfig site, string? wanted)
    {
        if (wanted is null || site.Vos.Any(vo => vo.Name == wanted))
            return;
        throw new FedSiteException(
            $"site.yaml has no VO {wanted}.",
            NearestWord.Of(wanted, site.Vos.Select(vo => vo.Name)) is { } nearest
                ? $"Did you mean {nearest}?"
                : "`fedsite vo list` shows them.",
            ExitCode.Usage
        );
    }

    private static VoQuotas Overview(VoQuotas all) =>
        all with
        {
            Quotas = [.. all.Quotas.Where(quota => quota.IsAgreed || Usual.Contains(quota.Quota))],
        };

    private static void Show(Output output, VoQuotas read)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(read, VoQuotaJson.Default.VoQuotas);
            return;
        }

        var table = new TextTable("vo", "project", "quota", "#limit", "#used", "#of the cloud");
        foreach (var quota in read.Quotas)
        {
            table.Add(
                quota.Vo,
                quota.SharedWith.Count == 0 ? quota.Project : $"{quota.Project} (shared)",
                quota.Quota,
                quota.Text(quota.Limit),
                quota.Limit >= 0 && quota.Used > quota.Limit
                    ? new Cell($"{quota.Text(quota.Used)} (over)", Tone.Warning)
                    : quota.Text(quota.Used),
                Share(quota)
            );
        }

        output.Table(table);
        if (read.Quotas.Count == 0 && read.Warnings.Count == 0)
            output.Line("No project of a VO was found: write them under `vos` of site.yaml.");
    }

    private static string Share(VoQuota quota) =>
        quota switch
        {
            { CountedFor: { } first, Capacity: > 0, Limit: >= 0 } => $"see {first}",
            { Share: { } share } => share.ToString("P1", CultureInfo.InvariantCulture),
            _ => "-",
        };
}

[JsonSerializable(typeof(VoQuotas))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class VoQuotaJson : JsonSerializerContext;
