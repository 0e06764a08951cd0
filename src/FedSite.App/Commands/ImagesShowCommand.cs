using System.CommandLine;
using FedSite.App.Terminals;
using FedSite.Images;
using FedSite.Images.Catalogue;

namespace FedSite.App.Commands;

/// <summary><c>fedsite images show</c>: all about one image.</summary>
internal static class ImagesShowCommand
{
    public static AppCommand Create()
    {
        var name = new Argument<string>("ID") { Description = "Id or name in Glance, or HOST/REPOSITORY:TAG" };
        return new AppCommand(
            "show",
            "Shows where an image came from, its digests, what its inspection found, its versions, and who sees it."
        )
        {
            Arguments = { name },
            Examples =
            [
                new("fedsite images show registry.egi.eu/egi_vm_images/debian:12", "By where it comes from"),
                new("fedsite images show 2f7a1b7e-5c9e-5d7e-9a53-0c8f2b6f1a11", "By its id in Glance"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var wanted = arguments.GetValue(name)!;
                using var session = ImagesSession.ForReading(context);
                ShownSlot? shown;
                using (context.Progress("Reading Glance"))
                    shown = await session.Images.FindAsync(wanted, cancellationToken);
                if (shown is null)
                {
                    throw new FedSiteException(
                        $"FedSite keeps no image {wanted} for this site.",
                        "`fedsite images list` names those that it keeps."
                    );
                }

                Show(context.Output, shown);
                return ExitCode.Done;
            },
        };
    }

    private static void Show(Output output, ShownSlot shown)
    {
        var document = ShownSlotDocument.Of(shown);
        if (output.Format == OutputFormat.Json)
        {
            output.Json(document, ImagesJson.Default.ShownSlotDocument);
            return;
        }

        output.Line($"{document.Image.Slot}");
        Field(output, "source", document.Image.Source);
        Field(output, "decision", Decision(document.Image));
        Field(output, "manifest", document.Image.OfferedManifest);
        Field(output, "content", document.Image.OfferedContent);
        if (shown.Inspection is { } inspection)
        {
            var disk = inspection.VirtualSize is { } size ? $", a disk of {ImageWords.Size(size)}" : "";
            Field(
                output,
                "inspection",
                inspection.IsSafe ? $"{inspection.Format}{disk}, nothing speaks against it" : inspection.Format
            );
            foreach (var danger in inspection.Findings)
                output.Line($"    {danger.Id}: {danger.Message}");
        }

        foreach (var image in shown.Slot.Images)
            Version(output, image, shown.Members.GetValueOrDefault(image.Id));
    }

    private static string? Decision(ListedSlotView slot) =>
        slot.Decision is null ? null : $"{slot.Decision}: {slot.Reason} ({ImageWords.Day(slot.Decided)})";

    private static void Version(Output output, SiteImage image, IReadOnlyList<ShownMember>? members)
    {
        var hidden = image.IsHidden
            ? $", hidden since {ImageWords.Day(image.HiddenAt)} ({image.HiddenFor ?? "by somebody else"})"
            : "";
        output.Line();
        output.Line($"  {image.Id} {image.Image.Status}{hidden}");
        Field(output, "  name", image.Image.Name);
        Field(output, "  manifest", image.Manifest);
        Field(output, "  content", image.Content);
        Field(
            output,
            "  format",
            $"{image.Image.DiskFormat}, {ImageWords.Size(image.Image.Size ?? 0)}, min_disk {image.Image.MinDiskGiB} GiB, min_ram {image.Image.MinRamMiB} MiB"
        );
        Field(output, "  verified", image.IsVerified ? "yes: Glance has what was sent" : "NO");
        Field(output, "  seen by", members is null ? Everybody(image) : Members(members));
    }

    private static string Everybody(SiteImage image) =>
        image.Image.Visibility switch
        {
            "public" => "everybody",
            "community" => "everybody who asks for community images",
            _ => "its owner alone",
        };

    private static string Members(IReadOnlyList<ShownMember> members) =>
        string.Join(
            ", ",
            members.Select(member =>
            {
                var who = member.Vos.Count > 0 ? string.Join(" and ", member.Vos) : $"project {member.ProjectId}";
                return member.Status == "accepted" ? who : $"{who} ({member.Status})";
            })
        );

    private static void Field(Output output, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            output.Line($"  {name, -12} {value}");
    }
}

/// <summary>The same as JSON.</summary>
internal sealed record ShownSlotDocument(
    ListedSlotView Image,
    InspectionView? Inspection,
    IReadOnlyDictionary<string, IReadOnlyList<MemberView>> Members
)
{
    public static ShownSlotDocument Of(ShownSlot shown) =>
        new(
            ListedSlotView.Of(shown.Slot),
            shown.Inspection is { } inspection
                ? new InspectionView(
                    inspection.Format,
                    inspection.VirtualSize,
                    inspection.IsSafe,
                    [.. inspection.Findings.Select(danger => new DangerView(danger.Id, danger.Message))]
                )
                : null,
            shown.Members.ToDictionary(
                pair => pair.Key,
                pair =>
                    (IReadOnlyList<MemberView>)
                        [.. pair.Value.Select(member => new MemberView(member.ProjectId, member.Vos, member.Status))]
            )
        );
}

internal sealed record InspectionView(string Format, long? VirtualSize, bool Safe, IReadOnlyList<DangerView> Findings);

internal sealed record DangerView(string Id, string Message);

internal sealed record MemberView(string Project, IReadOnlyList<string> Vos, string Status);
