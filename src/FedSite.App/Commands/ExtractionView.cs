using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.Accounting;
using FedSite.App.Terminals;
using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary>What an extraction did, for people and for scripts.</summary>
internal sealed record ExtractionView
{
    /// <summary>Number of the run; absent for a dry run.</summary>
    public long? Run { get; init; }
    public required IReadOnlyList<ProjectView> Projects { get; init; }

    /// <summary>Projects that are marked for accounting and can't be accounted.</summary>
    public required IReadOnlyList<MissingView> NotAccounted { get; init; }
    public required int Messages { get; init; }
    public required long Records { get; init; }
    public required long Quarantined { get; init; }

    /// <summary>Requests to OpenStack.</summary>
    public required long Requests { get; init; }

    public static ExtractionView Of(ExtractionResult result) =>
        new()
        {
            Run = result.Run,
            Projects =
            [
                .. result.Projects.Select(p => new ProjectView(
                    p.Project,
                    p.Name,
                    p.Vo,
                    p.Kind.Word(),
                    p.From,
                    p.To,
                    p.Records,
                    p.Quarantined,
                    p.Error
                )),
            ],
            NotAccounted = [.. result.Missing.Select(m => new MissingView(m.Id, m.Name, m.Reason))],
            Messages = result.Messages,
            Records = result.Projects.Sum(p => p.Records),
            Quarantined = result.Projects.Sum(p => p.Quarantined),
            Requests = result.Requests,
        };

    public static void Show(CommandContext context, ExtractionView view)
    {
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(view, AccountingJson.Default.ExtractionView);
        }
        else
        {
            view.ShowTable(context.Output);
        }
    }

    public void ShowTable(Output output)
    {
        var table = new TextTable("project", "vo", "kind", "from", "to", "#records", "#quarantined", "state");
        foreach (var project in Projects)
        {
            table.Add(
                project.Name,
                project.Vo,
                project.Kind,
                Utc(project.From),
                Utc(project.To),
                Number(project.Records),
                Number(project.Quarantined),
                project.Error is null ? new Cell("ok", Tone.Good) : new Cell(project.Error, Tone.Bad)
            );
        }

        foreach (var missing in NotAccounted)
        {
            table.Add(missing.Name, "", "", "", "", "", "", new Cell(missing.Reason, Tone.Warning));
        }

        output.Table(table);
        output.Line(
            $"{Number(Records)} records in {Number(Messages)} messages{(Run is null ? " (dry run: nothing queued)" : " queued")}, "
                + $"{Number(Quarantined)} objects quarantined, {Number(Requests)} requests to OpenStack."
        );
        if (Quarantined > 0 && Run is not null)
        {
            output.Line("See `fedsite accounting show --quarantined`.");
        }
    }

    private static string Utc(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What an extraction did for one project and kind.</summary>
internal sealed record ProjectView(
    string Id,
    string Name,
    string Vo,
    string Kind,
    DateTimeOffset From,
    DateTimeOffset To,
    long Records,
    long Quarantined,
    string? Error
);

/// <summary>A project that is marked for accounting and can't be accounted.</summary>
internal sealed record MissingView(string? Id, string Name, string Reason);

/// <summary>An object that gave no valid record.</summary>
internal sealed record QuarantineView(string Project, string Kind, string Object, string Reason, string Raw);

/// <summary>A project and whether it is accounted.</summary>
internal sealed record ChoiceView(string? Id, string Name, string? Vo, bool Accounted, string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ExtractionView))]
[JsonSerializable(typeof(PublishView))]
[JsonSerializable(typeof(RepublishView))]
[JsonSerializable(typeof(IReadOnlyList<QuarantineView>))]
[JsonSerializable(typeof(IReadOnlyList<ChoiceView>))]
[JsonSerializable(typeof(IReadOnlyList<IReadOnlyDictionary<string, string>>))]
internal sealed partial class AccountingJson : JsonSerializerContext;
