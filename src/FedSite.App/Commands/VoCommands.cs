using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation;

namespace FedSite.App.Commands;

/// <summary><c>fedsite vo</c>: the VOs of the site, and the table of all VOs' entitlements.</summary>
internal static class VoCommands
{
    public static AppCommand Create() =>
        new("vo", "The virtual organisations of this site, and their entitlements.")
        {
            Subcommands =
            {
                CreateList(),
                CreateShow(),
                CreateImport(),
                VoQuotaCommand.Create(),
                VoRetireCommand.Create(),
            },
            Examples =
            [
                new("fedsite vo import vo-mappings.yaml", "Take over EGI's table of entitlements"),
                new("fedsite vo list", "Which VOs does this site have?"),
                new("fedsite vo show vo.access.egi.eu", "All that is known of one"),
            ],
        };

    private static AppCommand CreateList()
    {
        var all = new Option<bool>("--all")
        {
            Description = "Also the VOs of the imported table that this site does not have",
        };
        return new AppCommand("list", "Lists the VOs of site.yaml.")
        {
            Options = { all },
            Examples =
            [
                new("fedsite vo list", "Which VOs does this site have?"),
                new("fedsite vo list --all --output json", "And which could it have?"),
            ],
            Run = (context, arguments, _) =>
            {
                List(context.Output, Views(context, arguments.GetValue(all)));
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    private static AppCommand CreateShow()
    {
        var name = new Argument<string>("VO") { Description = "Its name" };
        return new AppCommand("show", "Shows what is known of a VO: entitlements, group, projects.")
        {
            Arguments = { name },
            Examples = [new("fedsite vo show vo.access.egi.eu", "All that is known of it")],
            Run = (context, arguments, _) =>
            {
                var views = Views(context, all: true);
                var wanted = arguments.GetValue(name)!;
                var vo = views.FirstOrDefault(view => view.Name == wanted) ?? throw Unknown(wanted, views);
                if (context.Output.Format == OutputFormat.Json)
                    context.Output.Json(vo, VoJson.Default.VoView);
                else
                    Show(context.Output, vo);
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    private static FedSiteException Unknown(string wanted, List<VoView> views) =>
        new(
            $"Neither site.yaml nor the imported table has a VO {wanted}.",
            NearestWord.Of(wanted, views.Select(view => view.Name)) is { } nearest
                ? $"Did you mean {nearest}?"
                : "`fedsite vo list --all` shows those that are known.",
            ExitCode.Usage
        );

    private static AppCommand CreateImport()
    {
        var file = new Argument<string>("FILE") { Description = "vo-mappings.yaml of EGI's central operations" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only look at the file; keep the table as it is" };
        return new AppCommand(
            "import",
            "Takes over a table of VOs' entitlements; VOs without `entitlements` in site.yaml get theirs from it."
        )
        {
            Arguments = { file },
            Options = { dryRun },
            Examples =
            [
                new("fedsite vo import vo-mappings.yaml", "Take the table over, in place of the one before"),
                new("fedsite vo import vo-mappings.yaml --dry-run", "What is in it, and what is wrong with it?"),
            ],
            Run = (context, arguments, _) =>
            {
                var table = VoTableFile.Load(Path.GetFullPath(arguments.GetValue(file)!));
                var store = new VoTable(context.OpenState(), context.Time);
                var before = store.Read();
                var isKept = !arguments.GetValue(dryRun);
                if (isKept)
                    store.Replace(table.Vos);
                Report(context, ImportView.Of(table, before, isKept));
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    private static void Report(CommandContext context, ImportView view)
    {
        foreach (var warning in view.Warnings)
            context.Console.Line($"warning: {warning}", Tone.Warning);
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(view, VoJson.Default.ImportView);
            return;
        }

        context.Output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{view.Vos} VOs, {view.Usable} with an entitlement that can be mapped; {view.Added.Count} are new, {view.Changed.Count} changed, {view.Removed.Count} gone."
            )
        );
        foreach (var (what, names) in new[] { ("new", view.Added), ("changed", view.Changed), ("gone", view.Removed) })
        {
            if (names.Count > 0 && names.Count < view.Vos)
                context.Output.Line($"  {what}: {string.Join(", ", names)}");
        }

        context.Output.Line(view.Kept ? "`fedsite plan` shows what that changes." : "The table was kept as it is.");
    }

    private static List<VoView> Views(CommandContext context, bool all)
    {
        var table = new VoTable(context.OpenState(), context.Time).Read();
        var own = SiteVo.Of(context.Site, table).Select(VoView.Of).ToList();
        if (!all)
            return own;
        var names = own.Select(vo => vo.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. own,
            .. table
                .Where(vo => !names.Contains(vo.Key))
                .OrderBy(vo => vo.Key, StringComparer.Ordinal)
                .Select(vo => VoView.OfTable(vo.Key, vo.Value)),
        ];
    }

    private static void List(Output output, List<VoView> views)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(views, VoJson.Default.IReadOnlyListVoView);
            return;
        }

        var table = new TextTable("vo", "managed", "entitlements", "from", "projects");
        foreach (var vo in views)
        {
            table.Add(
                vo.Name,
                vo.Managed ? new Cell("yes", Tone.Good) : new Cell(vo.OfThisSite ? "no" : "not here", Tone.Faint),
                vo.Entitlements.Count > 0 ? string.Join(' ', vo.Entitlements) : new Cell("unknown", Tone.Warning),
                vo.Source,
                string.Join(' ', vo.Projects)
            );
        }

        output.Table(table);
        if (views.Count == 0)
            output.Line("site.yaml names no VO: write them under `vos`.");
    }

    private static void Show(Output output, VoView vo)
    {
        output.Line(vo.Name);
        output.Line(
            $"  managed       {(vo.Managed ? "yes: `fedsite apply` keeps its group, projects and roles" : vo.OfThisSite ? "no: only read" : "no: site.yaml does not name it")}"
        );
        output.Line(
            $"  entitlements  {(vo.Entitlements.Count > 0 ? string.Join(", ", vo.Entitlements) : "unknown: nobody is let in")} ({vo.Source})"
        );
        foreach (var fault in vo.Faults)
            output.Line($"                not usable: {fault}");
        if (vo.Group is not null)
            output.Line($"  group         {vo.Group}");
        if (vo.Projects.Count > 0)
            output.Line($"  projects      {string.Join(", ", vo.Projects)}");
        output.Line($"  contacts      {vo.IdCard}");
    }
}

/// <summary>A VO, for <c>--output json</c>.</summary>
internal sealed record VoView(
    string Name,
    bool OfThisSite,
    bool Managed,
    IReadOnlyList<string> Entitlements,
    string Source,
    IReadOnlyList<string> Faults,
    string? Group,
    IReadOnlyList<string> Projects,
    string IdCard
)
{
    public static VoView Of(SiteVo vo) =>
        new(
            vo.Name,
            OfThisSite: true,
            vo.IsManaged,
            vo.Entitlements,
            vo.Source,
            vo.Faults,
            vo.Group.ToString(),
            [.. vo.Projects.Select(project => project.ToString())],
            Card(vo.Name)
        );

    public static VoView OfTable(string name, IReadOnlyList<string> entitlements) =>
        new(
            name,
            OfThisSite: false,
            Managed: false,
            [.. entitlements.Where(text => Entitlement.Fault(text) is null)],
            entitlements.Count > 0 ? "imported table" : "unknown",
            [.. entitlements.Where(text => Entitlement.Fault(text) is not null)],
            Group: null,
            [],
            Card(name)
        );

    /// <summary>The VO's ID card in the Operations Portal, with its contacts.</summary>
    private static string Card(string vo) =>
        $"https://operations-portal.egi.eu/vo/view/voname/{Uri.EscapeDataString(vo)}";
}

/// <summary>What an import found, for <c>--output json</c>.</summary>
internal sealed record ImportView(
    int Vos,
    int Usable,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Warnings,
    bool Kept
)
{
    public static ImportView Of(
        VoTableFile file,
        IReadOnlyDictionary<string, IReadOnlyList<string>> before,
        bool isKept
    ) =>
        new(
            file.Vos.Count,
            file.Vos.Count(vo => vo.Value.Any(text => Entitlement.Fault(text) is null)),
            [.. file.Vos.Keys.Where(vo => !before.ContainsKey(vo))],
            [
                .. file
                    .Vos.Where(vo =>
                        before.TryGetValue(vo.Key, out var old)
                        && !old.ToHashSet(StringComparer.Ordinal).SetEquals(vo.Value)
                    )
                    .Select(vo => vo.Key),
            ],
            [.. before.Keys.Where(vo => !file.Vos.ContainsKey(vo))],
            file.Warnings,
            isKept
        );
}

[JsonSerializable(typeof(IReadOnlyList<VoView>))]
[JsonSerializable(typeof(ImportView))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class VoJson : JsonSerializerContext;
