using FedSite.App.Terminals;
using FedSite.Images;
using FedSite.Images.Catalogue;

namespace FedSite.App.Commands;

/// <summary><c>fedsite images list</c>: what the site offers, and why it is as it is.</summary>
internal static class ImagesListCommand
{
    public static AppCommand Create() =>
        new("list", "Lists the images that FedSite keeps in Glance, what was decided about each, and why.")
        {
            Examples =
            [
                new("fedsite images list", "What is offered, and what is not?"),
                new(
                    "fedsite images list --output json | jq '.images[] | select(.decision != \"offered\")'",
                    "What is refused, withdrawn or expired"
                ),
            ],
            Run = async (context, _, cancellationToken) =>
            {
                using var session = ImagesSession.ForReading(context);
                IReadOnlyList<ListedSlot> slots;
                using (context.Progress("Reading Glance"))
                    slots = await session.Images.ListAsync(cancellationToken);
                Show(context.Output, slots, session.Images.ReadSources());
                return ExitCode.Done;
            },
        };

    private static void Show(Output output, IReadOnlyList<ListedSlot> slots, IReadOnlyList<SourceState> sources)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                new ImageListDocument([.. slots.Select(ListedSlotView.Of)], [.. sources.Select(SourceStateView.Of)]),
                ImagesJson.Default.ImageListDocument
            );
            return;
        }

        var table = new TextTable("image", "in Glance", "format", "size", "made", "old", "decision", "why");
        foreach (var slot in slots)
        {
            var current = slot.Images.FirstOrDefault(image => image is { IsWhole: true, IsHidden: false });
            var old = slot.Images.Count(image => image is { IsWhole: true, IsHidden: true });
            table.Add(
                slot.Slot,
                current?.Id ?? "-",
                current?.Image.DiskFormat ?? "",
                current?.Image.Size is { } size ? ImageWords.Size(size) : "",
                ImageWords.Day(current?.Created),
                old == 0 ? "" : $"{old} hidden",
                slot.Decision?.Decision ?? "not looked at",
                slot.Decision?.Reason ?? ""
            );
        }

        output.Table(table);
        foreach (var source in sources.Where(source => source.Failure is not null))
            output.Line(
                $"source {source.Name}, last listed {(source.Listed is null ? "never" : ImageWords.Day(source.Listed))}: {source.Failure}"
            );
        if (slots.Count == 0)
            output.Line("No image is there: `fedsite images sync` brings them.");
    }
}

internal sealed record ImageListDocument(IReadOnlyList<ListedSlotView> Images, IReadOnlyList<SourceStateView> Sources);

internal sealed record SourceStateView(
    string Name,
    int Offers,
    DateTimeOffset? Listed,
    string? Failure,
    DateTimeOffset Tried
)
{
    public static SourceStateView Of(SourceState source) =>
        new(source.Name, source.Offers, source.Listed, source.Failure, source.Tried);
}

internal sealed record ListedSlotView
{
    public required string Slot { get; init; }
    public string? Source { get; init; }
    public string? Decision { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset? Decided { get; init; }

    /// <summary>Digests of what the source offers; left out: it offers nothing.</summary>
    public string? OfferedManifest { get; init; }
    public string? OfferedContent { get; init; }

    /// <summary>Id of what users see; left out: nothing.</summary>
    public string? Image { get; init; }
    public required IReadOnlyList<VersionView> Versions { get; init; }

    public static ListedSlotView Of(ListedSlot slot) =>
        new()
        {
            Slot = slot.Slot,
            Source = slot.Decision?.Source ?? (slot.Images is [var newest, ..] ? newest.Source : null),
            Decision = slot.Decision?.Decision,
            Reason = slot.Decision?.Reason,
            Decided = slot.Decision?.Decided,
            OfferedManifest = slot.Decision?.Manifest,
            OfferedContent = slot.Decision?.Content,
            Image = slot.Images.FirstOrDefault(image => image is { IsWhole: true, IsHidden: false })?.Id,
            Versions = [.. slot.Images.Select(VersionView.Of)],
        };
}

/// <summary>A version in Glance.</summary>
internal sealed record VersionView
{
    public required string Id { get; init; }
    public required string? Name { get; init; }
    public required string Status { get; init; }
    public required string Visibility { get; init; }
    public required bool Hidden { get; init; }
    public DateTimeOffset? HiddenAt { get; init; }
    public string? HiddenFor { get; init; }
    public required string Manifest { get; init; }
    public required string Content { get; init; }
    public string? Format { get; init; }
    public long? Size { get; init; }
    public required long MinDisk { get; init; }
    public required long MinRam { get; init; }
    public DateTimeOffset? Made { get; init; }
    public DateTimeOffset? Uploaded { get; init; }

    /// <summary>What Glance has was compared with what was sent.</summary>
    public required bool Verified { get; init; }

    public static VersionView Of(SiteImage image) =>
        new()
        {
            Id = image.Id,
            Name = image.Image.Name,
            Status = image.Image.Status,
            Visibility = image.Image.Visibility,
            Hidden = image.IsHidden,
            HiddenAt = image.HiddenAt,
            HiddenFor = image.HiddenFor,
            Manifest = image.Manifest,
            Content = image.Content,
            Format = image.Image.DiskFormat,
            Size = image.Image.Size,
            MinDisk = image.Image.MinDiskGiB,
            MinRam = image.Image.MinRamMiB,
            Made = image.Created,
            Uploaded = image.Image.Created,
            Verified = image.IsVerified,
        };
}
