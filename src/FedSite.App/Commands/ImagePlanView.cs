using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Images.Plans;
using FedSite.Images.Sync;

namespace FedSite.App.Commands;

/// <summary>A plan for people, or as JSON.</summary>
internal static class ImagePlanView
{
    public static void Show(Output output, ImagePlan plan, long requests)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(ImagePlanDocument.Of(plan, requests), ImagesJson.Default.ImagePlanDocument);
            return;
        }

        foreach (var slot in plan.Slots)
        {
            foreach (var action in slot.Actions)
                output.Line(
                    $"  {Sign(action.Step)} {ImageWords.Of(action.Step), -8} {slot.Slot}{Detail(slot, action)}: {action.Reason}"
                );
        }

        Remarks(output, plan);
        output.Line(Summary(plan));
    }

    /// <summary>What people should know and no action says.</summary>
    public static void Remarks(Output output, ImagePlan plan)
    {
        foreach (var slot in plan.Slots)
        {
            if (slot.Decision is Decisions.Refused)
                output.Line($"  ! refused  {slot.Slot} ({slot.Refusal}): {slot.Reason}");
            foreach (var note in slot.Notes)
                output.Line($"    note     {slot.Slot}: {note}");
        }

        var unknown = plan.Slots.Count(slot => slot.Decision is Decisions.Unknown);
        if (unknown > 0)
            output.Line(
                $"{ImageWords.Plural("image", unknown)} left as they are: their sources told nothing that can be relied on."
            );
    }

    public static string Summary(ImagePlan plan)
    {
        var offered = plan.Slots.Count(slot => slot.Decision is Decisions.Offered);
        var counts = plan
            .Actions.GroupBy(action => action.Step)
            .OrderBy(step => step.Key)
            .Select(step =>
                string.Create(CultureInfo.InvariantCulture, $"{step.Count()} to {ImageWords.Of(step.Key)}")
            );
        var all = string.Join(", ", counts);
        return $"{ImageWords.Plural("image", offered)} offered by {ImageWords.Plural("source", plan.Sources.Count)}; {(all.Length == 0 ? "nothing to do" : all)}.";
    }

    private static string Detail(SlotPlan slot, ImageAction action) =>
        action.Step switch
        {
            ImageStep.Add or ImageStep.Replace when slot.Offer is { } offer =>
                $" ({ImageWords.Size(offer.Size)}, for {ImageWords.Plural("VO", slot.Vos.Count)})",
            ImageStep.Share or ImageStep.Unshare => $" ({ImageWords.Plural("project", action.Projects.Count)})",
            _ when action.Image is { } image => $" ({image.Id})",
            _ => "",
        };

    private static char Sign(ImageStep step) =>
        step switch
        {
            ImageStep.Add or ImageStep.Share or ImageStep.Show => '+',
            ImageStep.Remove or ImageStep.Unshare or ImageStep.Hide => '-',
            _ => '~',
        };
}

/// <summary>What <c>images sync</c> did, for people, or as JSON.</summary>
internal static class ImageSyncView
{
    public static void Show(Output output, ImagePlan plan, SyncReport report, long requests)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(ImageSyncDocument.Of(plan, report, requests), ImagesJson.Default.ImageSyncDocument);
            return;
        }

        foreach (var outcome in report.Outcomes)
        {
            var line =
                outcome.Failure is not null
                    ? $"  {"FAILED", -8} {ImageWords.Of(outcome.Step), -8} {ImageWords.Why(outcome)}"
                : outcome.PutOff is not null
                    ? $"  {"put off", -8} {ImageWords.Of(outcome.Step), -8} {outcome.Slot}: {outcome.PutOff}"
                : $"  {"done", -8} {ImageWords.Of(outcome.Step), -8} {outcome.Slot}: {outcome.Reason}";
            output.Line(line);
        }

        ImagePlanView.Remarks(output, plan);
        var offered = plan.Slots.Count(slot => slot.Decision is Decisions.Offered);
        output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ImageWords.Plural("image", offered)} offered by {ImageWords.Plural("source", plan.Sources.Count)}; {report.Done.Count()} done, {report.Failed.Count()} failed, {report.Outcomes.Count(outcome => outcome.PutOff is not null)} put off; {ImageWords.Size(report.Sent)} sent, {ImageWords.Plural("request", requests)}."
            )
        );
    }
}

internal sealed record ImageActionView(
    string Step,
    string Slot,
    string? Image,
    string Reason,
    IReadOnlyList<string> Projects
)
{
    /// <summary>Of a run: <c>done</c>, <c>failed</c> or <c>put_off</c>.</summary>
    public string? Result { get; init; }

    /// <summary>Why it failed or was put off.</summary>
    public string? Why { get; init; }
    public string? NextStep { get; init; }

    public static ImageActionView Of(SlotPlan slot, ImageAction action) =>
        new(ImageWords.Of(action.Step), slot.Slot, action.Image?.Id, action.Reason, action.Projects);

    public static ImageActionView Of(ActionOutcome outcome) =>
        new(ImageWords.Of(outcome.Step), outcome.Slot, outcome.ImageId, outcome.Reason, [])
        {
            Result =
                outcome.Failure is not null ? "failed"
                : outcome.PutOff is not null ? "put_off"
                : "done",
            Why = outcome.Failure?.Message ?? outcome.PutOff,
            NextStep = outcome.Failure?.NextStep,
        };
}

internal sealed record ImageSourceView(string Name, int Offers, bool Failed, string? Problem, string? NextStep)
{
    public static ImageSourceView Of(SourceReport source) =>
        new(source.Name, source.Offers, source.IsFailed, source.Problem, source.NextStep);
}

internal sealed record ImageSlotView
{
    public required string Slot { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public required string Decision { get; init; }
    public required string Reason { get; init; }
    public string? Refusal { get; init; }

    /// <summary>Id of what users see now.</summary>
    public string? Image { get; init; }
    public string? Manifest { get; init; }
    public string? Content { get; init; }
    public long? Size { get; init; }
    public required string Visibility { get; init; }
    public required IReadOnlyList<string> Vos { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }

    public static ImageSlotView Of(SlotPlan slot) =>
        new()
        {
            Slot = slot.Slot,
            Sources = slot.Sources,
            Decision = slot.Decision,
            Reason = slot.Reason,
            Refusal = slot.Refusal,
            Image = slot.Current?.Id,
            Manifest = slot.Offer?.Manifest,
            Content = slot.Offer?.Content,
            Size = slot.Offer?.Size,
            Visibility = slot.Visibility,
            Vos = slot.Vos,
            Notes = slot.Notes,
        };
}

internal sealed record ImagePlanDocument(
    IReadOnlyList<ImageActionView> Actions,
    IReadOnlyList<ImageSlotView> Slots,
    IReadOnlyList<ImageSourceView> Sources,
    IReadOnlyList<string> VoProblems,
    long Requests
)
{
    public static ImagePlanDocument Of(ImagePlan plan, long requests) =>
        new(
            [.. plan.Slots.SelectMany(slot => slot.Actions.Select(action => ImageActionView.Of(slot, action)))],
            [.. plan.Slots.Select(ImageSlotView.Of)],
            [.. plan.Sources.Select(ImageSourceView.Of)],
            plan.VoProblems,
            requests
        );
}

internal sealed record ImageSyncDocument(
    IReadOnlyList<ImageActionView> Actions,
    IReadOnlyList<ImageSlotView> Slots,
    IReadOnlyList<ImageSourceView> Sources,
    IReadOnlyList<string> VoProblems,
    long BytesSent,
    long Requests
)
{
    public static ImageSyncDocument Of(ImagePlan plan, SyncReport report, long requests) =>
        new(
            [.. report.Outcomes.Select(ImageActionView.Of)],
            [.. plan.Slots.Select(ImageSlotView.Of)],
            [.. plan.Sources.Select(ImageSourceView.Of)],
            plan.VoProblems,
            report.Sent,
            requests
        );
}

[JsonSerializable(typeof(ImagePlanDocument))]
[JsonSerializable(typeof(ImageSyncDocument))]
[JsonSerializable(typeof(ImageListDocument))]
[JsonSerializable(typeof(ShownSlotDocument))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class ImagesJson : JsonSerializerContext;
