using System.Runtime.ExceptionServices;
using FedSite.Images.Catalogue;
using FedSite.Images.Plans;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Sync;

/// <summary>
/// Brings one version of an image into Glance. Nobody but its owner sees it before Glance's copy was compared with what was
/// sent.
/// </summary>
internal sealed class ImageUpload(SyncTools tools)
{
    private const int MaxTries = 32;
    private const int SavingPolls = 20;
    private static readonly TimeSpan SavingPoll = TimeSpan.FromSeconds(1);

    /// <param name="shared">Several slots of this run need the content.</param>
    /// <returns>The image, verified, with its final visibility.</returns>
    /// <exception cref="FedSiteException">It is not there; Glance holds nothing of it that anybody could see.</exception>
    public async Task<CloudImage> RunAsync(SlotPlan slot, bool shared, IProgress<long> progress, CancellationToken ct)
    {
        var offer = slot.Offer!;
        var source = tools.Sources[offer.Source];
        if (!shared && MayPass(offer) && !tools.Cache.Has(offer.Content))
        {
            try
            {
                return await SendAsync(
                    slot,
                    offer.Format!,
                    offer.Size,
                    (to, token) => tools.Transfer.PassAsync(source, offer, TermsOf(offer), to, progress, token),
                    ct
                );
            }
            catch (ContentRefusedException e) when (NeedsWhole(offer, e))
            {
                // In the cache, where the whole file can be looked at before Glance is told its format.
            }
        }

        using var original = await tools.Cache.FetchAsync(source, offer, TermsOf(offer, isWhole: true), progress, ct);
        tools.Store.KeepInspection(offer.Content, original.Sha512, original.Inspection);
        if (tools.Takes(original.Inspection.Format))
            return await SendFileAsync(slot, original, progress, ct);
        var format = tools.Config.Formats[0];
        using var made = await tools.Cache.ConvertAsync(
            tools.Converter,
            original,
            format,
            tools.Config.Limits.Virtual.Bytes,
            ct
        );
        tools.Store.KeepConversion(offer.Content, format, made);
        return await SendFileAsync(slot, made, progress, ct);
    }

    /// <summary>The image is there, but a run ended before it was compared with what had been sent.</summary>
    /// <exception cref="FedSiteException">It is not what was sent, or nobody knows.</exception>
    public async Task<CloudImage> VerifyAsync(
        SlotPlan slot,
        SiteImage image,
        IProgress<long> progress,
        CancellationToken ct
    )
    {
        var format = image.Image.DiskFormat ?? "";
        if (tools.Store.FindSha512(image.Content, format) is null)
            await LearnAsync(slot.Offer!, progress, ct);
        var sha512 = tools.Store.FindSha512(image.Content, format);
        var virtualSize = tools.Store.FindInspection(image.Content)?.VirtualSize ?? image.Image.VirtualSize ?? 0;
        return await FinishAsync(slot, image.Image, sha512, image.Image.Size, virtualSize, ct);
    }

    /// <summary>Nobody remembers the content: the source tells what it is.</summary>
    private async Task LearnAsync(ImageOffer offer, IProgress<long> progress, CancellationToken ct)
    {
        var source = tools.Sources[offer.Source];
        try
        {
            var content = await tools.Transfer.PassAsync(source, offer, TermsOf(offer), Stream.Null, progress, ct);
            tools.Store.KeepInspection(offer.Content, content.Sha512, content.Inspection);
        }
        catch (ContentRefusedException e) when (NeedsWhole(offer, e))
        {
            var terms = TermsOf(offer, isWhole: true);
            using var file = await tools.Cache.FetchAsync(source, offer, terms, progress, ct);
            tools.Store.KeepInspection(offer.Content, file.Sha512, file.Inspection);
        }
    }

    private Task<CloudImage> SendFileAsync(
        SlotPlan slot,
        CachedImage file,
        IProgress<long> progress,
        CancellationToken ct
    ) =>
        SendAsync(
            slot,
            file.Inspection.Format,
            file.Size,
            async (to, token) =>
            {
                await file.SendAsync(to, progress, token);
                return new TransferredContent
                {
                    Sha256 = file.Sha256,
                    Sha512 = file.Sha512,
                    Size = file.Size,
                    Inspection = file.Inspection,
                };
            },
            ct
        );

    private async Task<CloudImage> SendAsync(
        SlotPlan slot,
        string format,
        long size,
        Func<Stream, CancellationToken, Task<TransferredContent>> write,
        CancellationToken ct
    )
    {
        var image = await BeginAsync(slot.Offer!, format, ct);
        TransferredContent? sent = null;
        OpenStackException? lost = null;
        if (image.Status == "queued")
        {
            try
            {
                await tools.Images.UploadAsync(
                    tools.Owner.Scope,
                    image.Id,
                    size,
                    async (to, token) => sent = await write(to, token),
                    ct
                );
            }
            catch (FedSiteException e) when (e is not OpenStackException { Status: not 413 })
            {
                // The source failed; or a quota was met on the way, and then it would stay `saving`.
                await ForgetAsync(image.Id, slot.Offer!, ct);
                throw;
            }
            catch (OpenStackException e) when (sent is not null)
            {
                // All went out, only the answer is missing: Glance tells below what it has.
                lost = e;
            }

            // Before anything else may fail: what a later run compares Glance's copy with.
            if (sent!.Sha256 == Hex(slot.Offer!.Content) || sent.Sha512 == Hex(slot.Offer.Content))
                tools.Store.KeepInspection(slot.Offer.Content, sent.Sha512, sent.Inspection);
            tools.CountSent(sent.Size);
        }

        var there = await tools.Images.FindImageAsync(tools.Owner.Scope, image.Id, ct) ?? image;
        if (lost is not null && there.Status != "active")
            ExceptionDispatchInfo.Throw(lost);
        var sha512 = sent?.Sha512 ?? tools.Store.FindSha512(slot.Offer!.Content, format);
        var virtualSize =
            sent?.Inspection.VirtualSize ?? tools.Store.FindInspection(slot.Offer!.Content)?.VirtualSize ?? 0;
        return await FinishAsync(slot, there, sha512, sent?.Size, virtualSize, ct);
    }

    /// <summary>Makes the image, or finds the one that a cut-off run made.</summary>
    private async Task<CloudImage> BeginAsync(ImageOffer offer, string format, CancellationToken ct)
    {
        var removed = tools.Store.FindRemoved(offer.Slot);
        for (int number = 0, tries = 0; tries < MaxTries; number++)
        {
            var owner = tools.Owner;
            var id = ImageId.Of(owner.ProjectId, owner.Site, offer.Slot, offer.Content, format, number);
            if (removed.Contains(id))
                continue;
            tries++;
            if (await CreateAsync(id, offer, format, ct) is { } made)
                return made;
            var there = await WhenSavedAsync(id, ct);
            // Whoever guesses the id may have made it, and shared it with us.
            if (there is not null && there.Owner != owner.ProjectId)
                continue;
            if (there is { Status: "queued" or "active" })
                return there;
            // Glance remembers an image of this id that was deleted, and makes no other.
            if (there is null)
                tools.Store.KeepRemoved(id, offer);
            if (
                there is { Status: "saving" or "importing" or "uploading" }
                && tools.Time.GetUtcNow() - there.Updated <= SlotPlanner.LongestUpload
            )
            {
                throw new FedSiteException(
                    $"Image {id} is {there.Status}: another program is filling it, or Glance has lost track of it",
                    "Run again later; after a day it is removed and made again."
                );
            }
        }

        throw new FedSiteException(
            $"Glance knows {MaxTries} deleted or unusable images of {offer.Slot} that were not known here",
            "Run again: the next run looks beyond them."
        );
    }

    /// <returns>Null: there is, or was, one of this id.</returns>
    private async Task<CloudImage?> CreateAsync(string id, ImageOffer offer, string format, CancellationToken ct)
    {
        try
        {
            return await tools.Images.CreateImageAsync(
                tools.Owner.Scope,
                new NewImage
                {
                    Id = id,
                    Name = ImageProperties.NameOf(offer),
                    DiskFormat = format,
                    ContainerFormat = "bare",
                    Visibility = "private",
                    MinRamMiB = ImageProperties.MinRamMiB(offer),
                    Tags = [ImageKeys.Tag],
                    Properties = ImageProperties.Of(offer, tools.Owner.Site),
                },
                ct
            );
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 409 })
        {
            return null;
        }
    }

    /// <summary>Glance needs a moment to notice that the program that filled an image has ended.</summary>
    private async Task<CloudImage?> WhenSavedAsync(string id, CancellationToken ct)
    {
        var image = await tools.Images.FindImageAsync(tools.Owner.Scope, id, ct);
        for (var poll = 0; image is { Status: "saving" } && poll < SavingPolls; poll++)
        {
            await Task.Delay(SavingPoll, tools.Time, ct);
            image = await tools.Images.FindImageAsync(tools.Owner.Scope, id, ct);
        }

        return image;
    }

    private async Task<CloudImage> FinishAsync(
        SlotPlan slot,
        CloudImage image,
        string? sha512,
        long? size,
        long virtualSize,
        CancellationToken ct
    )
    {
        if (WhyWrong(image, sha512, size) is { } why)
        {
            // What somebody may see, and use, is for people to remove.
            if (image.Visibility != "private")
            {
                throw new FedSiteException(
                    $"Glance's copy of {slot.Slot} (image {image.Id}) {why}",
                    "Delete it in Glance: the next run uploads it again."
                );
            }

            await ForgetAsync(image.Id, slot.Offer!, ct);
            throw new FedSiteException(
                $"Glance's copy of {slot.Slot} (image {image.Id}) {why}; it was removed",
                "The next run uploads it again. If it stays, ask the cloud's operator about Glance's store."
            );
        }

        List<ImageChange> changes =
        [
            ImageChange.Set("min_disk", ImageProperties.MinDiskGiB(slot.Offer!, virtualSize)),
            ImageChange.Set(ImageKeys.Verified, sha512!),
        ];
        if (image.Visibility != slot.Visibility)
            changes.Add(ImageChange.Set("visibility", slot.Visibility));
        var finished = await tools.Images.UpdateImageAsync(tools.Owner.Scope, image.Id, changes, ct);
        tools.Store.KeepVersion(image.Id, slot.Offer!, $"sha512:{sha512}");
        return finished;
    }

    private static string? WhyWrong(CloudImage image, string? sha512, long? size) =>
        image.Status is not ("active" or "deactivated") ? $"is {image.Status}"
        : sha512 is null ? "was never compared with what was sent, and what that was is not known"
        : image.Size is { } has && size is { } sent && has != sent ? "has another size than what was sent"
        : image.HashAlgo == "sha512" && !sha512.Equals(image.HashValue, StringComparison.OrdinalIgnoreCase)
            ? "is not what was sent (os_hash_value differs)"
        : null;

    /// <summary>Best effort: what stays is found by the next run.</summary>
    private async Task ForgetAsync(string id, ImageOffer offer, CancellationToken ct)
    {
        try
        {
            await tools.Images.DeleteImageAsync(tools.Owner.Scope, id, ct);
            tools.Store.KeepRemoved(id, offer);
        }
        catch (OpenStackException e)
        {
            SyncLog.NotDeleted(tools.Log, id, e.Message);
        }
    }

    /// <summary>The format must be known before the first byte, as Glance wants to know it then.</summary>
    private bool MayPass(ImageOffer offer) => offer.Format is { } format && tools.Takes(format) && IsKnown(format);

    private static bool IsKnown(string format) => format is "raw" or "qcow2";

    /// <summary>Its tables lie behind what they describe, or it is of another format than was guessed.</summary>
    private static bool NeedsWhole(ImageOffer offer, ContentRefusedException refusal) =>
        refusal.Id == ContentRefusedException.Undecided
        || (
            offer.IsFormatGuessed
            && refusal is { Id: ContentRefusedException.Unsafe, Inspection.Findings: [{ Id: "format-mismatch" }] }
        );

    private TransferTerms TermsOf(ImageOffer offer, bool isWhole = false) =>
        new()
        {
            Inspection = tools.Terms(isWhole && offer.IsFormatGuessed ? null : offer.Format),
            MaxSize = tools.Config.Limits.Download.Bytes,
        };

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
