using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation.Flavors;
using FedSite.OpenStack.Compute;

namespace FedSite.App.Commands;

/// <summary><c>fedsite flavors list</c>: what there is, and for whom.</summary>
internal static class FlavorsListCommand
{
    public static AppCommand Create()
    {
        var cards = new Option<bool>("--accelerators") { Description = "Only those with accelerators" };
        return new AppCommand("list", "Lists the flavors, their accelerators, and who may use them.")
        {
            Options = { cards },
            Examples =
            [
                new(
                    "fedsite flavors list --os-cloud admin",
                    "All flavors; other accounts see public ones and their own"
                ),
                new("fedsite flavors list --accelerators --output json", "Those with accelerators, for a script"),
            ],
            Run = async (context, arguments, ct) =>
            {
                SiteFlavors site;
                using (var cloud = context.ConnectCloud())
                using (context.Progress("Reading Nova"))
                    site = await SiteFlavors.ReadAsync(cloud.Compute, withAccess: true, ct);
                var views = Views(context, site)
                    .Where(view =>
                        !arguments.GetValue(cards) || view.Accelerator is not null || view.Scheduler.Length > 0
                    )
                    .ToList();
                foreach (var fault in site.Faults)
                    context.Console.Line($"warning: a flavor can't be understood: {fault}", Tone.Warning);
                Show(context.Output, views);
                return site.Faults.Count > 0 ? ExitCode.Partly : ExitCode.Done;
            },
        };
    }

    private static IEnumerable<FlavorListView> Views(CommandContext context, SiteFlavors site)
    {
        var vos = context.HasSite ? context.Site.Vos : [];
        return site.Flavors.Select(flavor => new FlavorListView
        {
            Name = flavor.Name,
            Id = flavor.Id,
            Vcpus = flavor.Vcpus,
            RamMib = flavor.RamMiB,
            DiskGib = flavor.DiskGiB,
            IsPublic = flavor.IsPublic,
            Accelerator = FlavorCard.Words(flavor),
            Scheduler = FlavorCard.Scheduled(flavor),
            Vos = [.. vos.Where(vo => vo.Flavors.Contains(flavor.Name)).Select(vo => vo.Name)],
            Projects = site.Access.GetValueOrDefault(flavor.Id),
            ExtraSpecs = flavor.ExtraSpecs,
        });
    }

    private static void Show(Output output, List<FlavorListView> views)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(views, FlavorsJson.Default.ListFlavorListView);
            return;
        }

        var table = new TextTable("flavor", "#vcpus", "#GiB", "#disk GB", "for", "VOs", "accelerator", "scheduler");
        foreach (var view in views)
        {
            table.Add(
                view.Name,
                view.Vcpus.ToString(CultureInfo.InvariantCulture),
                (view.RamMib / 1024m).ToString("0.#", CultureInfo.InvariantCulture),
                view.DiskGib.ToString(CultureInfo.InvariantCulture),
                For(view),
                string.Join(' ', view.Vos),
                view.Accelerator ?? "",
                view.Scheduler
            );
        }

        output.Table(table);
        if (views.Count == 0)
            output.Line("There is none that this account sees.");
    }

    private static string For(FlavorListView view) =>
        view.IsPublic ? "all"
        : view.Projects is { } projects
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{projects.Count} {(projects.Count == 1 ? "project" : "projects")}"
            )
        : "some projects";
}

/// <summary>A flavor, for <c>--output json</c>.</summary>
internal sealed record FlavorListView
{
    public required string Name { get; init; }
    public required string Id { get; init; }
    public required int Vcpus { get; init; }
    public required long RamMib { get; init; }
    public required long DiskGib { get; init; }
    public required bool IsPublic { get; init; }

    /// <summary>Left out: it has no metadata of one.</summary>
    public string? Accelerator { get; init; }
    public required string Scheduler { get; init; }

    /// <summary>VOs of site.yaml that name it.</summary>
    public required IReadOnlyList<string> Vos { get; init; }

    /// <summary>Ids of those that may use a private one; left out: not known.</summary>
    public IReadOnlyList<string>? Projects { get; init; }
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}

[JsonSerializable(typeof(List<FlavorListView>))]
[JsonSerializable(typeof(IReadOnlyList<FlavorFinding>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
internal sealed partial class FlavorsJson : JsonSerializerContext;
