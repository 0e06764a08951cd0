using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Plans;
using FedSite.Images.Transfers;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Sync;

/// <summary>
/// Does what a plan says: slots side by side, the steps of a slot one after the other. What fails costs other slots nothing,
/// and an old version is hidden only when all who saw it see the new one.
/// </summary>
internal sealed class ImageSync(SyncTools tools)
{
    private readonly ImageUpload _upload = new(tools);
    private readonly ImageSharing _sharing = new(tools);
    private readonly ImageRemoval _removal = new(tools);
    private long _bytes;
    private int _done;

    public async Task<SyncReport> RunAsync(ImagePlan plan, IProgress<SyncProgress> progress, CancellationToken ct)
    {
        var busy = plan.Slots.Where(slot => slot.Actions.Count > 0).ToList();
        var repeated = busy.Where(IsUpload)
            .GroupBy(slot => slot.Offer!.Content, StringComparer.Ordinal)
            .Where(slots => slots.Count() > 1)
            .Select(slots => slots.Key)
            .ToHashSet(StringComparer.Ordinal);
        var outcomes = new List<ActionOutcome>[busy.Count];
        await Parallel.ForEachAsync(
            busy.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = tools.Config.Parallel, CancellationToken = ct },
            async (slot, token) =>
            {
                var bytes = new Counted(count => Report(progress, busy.Count, count));
                var isRepeated = IsUpload(slot.Item) && repeated.Contains(slot.Item.Offer!.Content);
                outcomes[slot.Index] = await new SlotWork(this, slot.Item, isRepeated, bytes).RunAsync(token);
                Interlocked.Increment(ref _done);
                Report(progress, busy.Count, 0);
            }
        );
        return new SyncReport([.. outcomes.SelectMany(slot => slot)], tools.Sent);
    }

    private void Report(IProgress<SyncProgress> progress, int total, long bytes) =>
        progress.Report(new SyncProgress(Volatile.Read(ref _done), total, Interlocked.Add(ref _bytes, bytes)));

    private static bool IsUpload(SlotPlan slot) =>
        slot.Actions.Any(action => action.Step is ImageStep.Add or ImageStep.Replace);

    /// <summary>The transfer tells how far it is; here it counts what came since.</summary>
    private sealed class Counted(Action<long> add) : IProgress<long>
    {
        private long _last;

        public void Report(long value)
        {
            add(value - _last);
            _last = value;
        }
    }

    private sealed class SlotWork(ImageSync sync, SlotPlan slot, bool repeated, IProgress<long> bytes)
    {
        private readonly SyncTools _tools = sync.Tools;

        /// <summary>Projects that were to see the new current version and do not.</summary>
        private readonly HashSet<string> _blind = new(StringComparer.Ordinal);

        /// <summary>The new current version is not there: the old one must stay.</summary>
        private bool _isStuck;

        public async Task<List<ActionOutcome>> RunAsync(CancellationToken ct)
        {
            var outcomes = new List<ActionOutcome>();
            foreach (var action in slot.Actions)
                outcomes.Add(await OneAsync(action, ct));
            KeepOutcome(outcomes);
            return outcomes;
        }

        private void KeepOutcome(List<ActionOutcome> outcomes)
        {
            if (outcomes.Find(outcome => outcome.Failure is not null) is { Failure: { } failure })
            {
                var decision = failure is ContentRefusedException refused
                    ? $"{Decisions.Refused} ({IdOf(refused)})"
                    : null;
                _tools.Store.KeepOutcome(slot.Slot, decision, failure.Message, imageId: null);
            }
            else if (outcomes.Find(outcome => outcome.Step is ImageStep.Add or ImageStep.Replace) is { } made)
            {
                _tools.Store.KeepOutcome(slot.Slot, decision: null, "current", made.ImageId);
            }
        }

        private async Task<ActionOutcome> OneAsync(ImageAction action, CancellationToken ct)
        {
            var outcome = new ActionOutcome(slot.Slot, action.Step, action.Image?.Id, action.Reason);
            if (_isStuck && NeedsNewVersion(action))
                return outcome with { PutOff = "the version that is to be current is not there" };
            try
            {
                SyncLog.Does(_tools.Log, slot.Slot, action.Step.ToString(), action.Image?.Id ?? "", action.Reason);
                return await DoAsync(action, outcome, ct);
            }
            catch (NotSharedException e)
            {
                if (action.Step is not ImageStep.Unshare)
                    _blind.UnionWith(e.Projects);
                return outcome with { Failure = e };
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                if (e is ContentRefusedException { Id: ContentRefusedException.Unsafe } refused)
                    Remember(refused);
                _blind.UnionWith(action.Step is ImageStep.Share ? action.Projects : []);
                // Of an image whose properties could not be changed, users see as much as before.
                _isStuck |= action.Step is ImageStep.Add or ImageStep.Replace or ImageStep.Verify or ImageStep.Show;
                return outcome with { Failure = e as FedSiteException ?? Surprise(e) };
            }
        }

        /// <summary>What one image brought about must not keep the others from their users.</summary>
        private static FedSiteException Surprise(Exception fault) =>
            new(
                $"an unexpected fault: {fault.GetType().Name}: {fault.Message}",
                "This is a fault of FedSite: please report it, with the output of --verbose.",
                inner: fault
            );

        private static string IdOf(ContentRefusedException refused) =>
            refused.Inspection is { Findings: [var danger, ..] } ? danger.Id : refused.Id;

        private void Remember(ContentRefusedException refused)
        {
            var (id, reason) = refused.Inspection is { Findings: [var danger, ..] }
                ? (danger.Id, danger.Message)
                : (refused.Id, refused.Message);
            _tools.Store.KeepRefusal(slot.Offer!, id, reason);
        }

        private static bool NeedsNewVersion(ImageAction action) =>
            action is { Step: ImageStep.Share or ImageStep.Show or ImageStep.Update, Visibility: null }
            || action.HiddenFor == "replaced";

        private async Task<ActionOutcome> DoAsync(ImageAction action, ActionOutcome outcome, CancellationToken ct)
        {
            switch (action.Step)
            {
                case ImageStep.Add or ImageStep.Replace:
                    var made = await sync._upload.RunAsync(slot, repeated, bytes, ct);
                    var others = slot.Projects.Where(id => id != made.Owner).Order(StringComparer.Ordinal);
                    await sync._sharing.ShareAsync(made.Id, [.. others], ct);
                    return outcome with { ImageId = made.Id };
                case ImageStep.Verify:
                    await sync._upload.VerifyAsync(slot, action.Image!, bytes, ct);
                    break;
                case ImageStep.Update when action.Visibility is { } visibility:
                    await ChangeAsync(action.Image!, [ImageChange.Set("visibility", visibility)], ct);
                    await sync._sharing.ShareAsync(action.Image!.Id, action.Projects, ct);
                    break;
                case ImageStep.Update:
                    await UpdateAsync(action.Image!, ct);
                    break;
                case ImageStep.Show:
                    await ChangeAsync(
                        action.Image!,
                        [
                            ImageChange.Set("os_hidden", value: false),
                            ImageChange.Remove(ImageKeys.HiddenAt),
                            ImageChange.Remove(ImageKeys.HiddenFor),
                        ],
                        ct
                    );
                    _tools.Store.KeepVersion(action.Image!.Id, slot.Offer!, action.Image.Content);
                    break;
                case ImageStep.Share:
                    // While it was open, its members could not be read.
                    if (slot.KnowsAll && action.Image!.Image.Visibility != ImagesConfig.Shared)
                        await sync._sharing.UnshareOthersAsync(action.Image.Id, slot.Projects, ct);
                    await sync._sharing.ShareAsync(action.Image!.Id, action.Projects, ct);
                    break;
                case ImageStep.Unshare:
                    await sync._sharing.UnshareAsync(action.Image!.Id, action.Projects, ct);
                    break;
                case ImageStep.Hide:
                    if (action.HiddenFor == "replaced" && await IsNeededAsync(action.Image!, ct))
                        return outcome with { PutOff = "not all who see it see the version that is to be current" };
                    await HideAsync(action, ct);
                    break;
                case ImageStep.Remove:
                    return outcome with { PutOff = await sync._removal.RunAsync(action.Image!, ct) };
            }

            return outcome;
        }

        /// <summary>Somebody sees it who does not see the new version.</summary>
        private async Task<bool> IsNeededAsync(SiteImage image, CancellationToken ct)
        {
            if (_blind.Count == 0)
                return false;
            if (image.Image.Visibility != ImagesConfig.Shared)
                return image.Image.Visibility != "private";
            var members = await _tools.Images.ListMembersAsync(_tools.Owner.Scope, image.Id, ct);
            return members.Any(member => member.Status == "accepted" && _blind.Contains(member.ProjectId));
        }

        private Task<CloudImage> HideAsync(ImageAction action, CancellationToken ct)
        {
            var image = action.Image!;
            _tools.Store.KeepHidden(image.Id, isReplaced: action.HiddenFor == "replaced");
            return ChangeAsync(
                image,
                [
                    ImageChange.Set(ImageKeys.HiddenAt, ImageProperties.Iso(_tools.Time.GetUtcNow())),
                    ImageChange.Set(ImageKeys.HiddenFor, action.HiddenFor!),
                    ImageChange.Set("os_hidden", value: true),
                ],
                ct
            );
        }

        private Task<CloudImage> UpdateAsync(SiteImage image, CancellationToken ct)
        {
            var offer = slot.Offer!;
            var changes = ImageProperties
                .Of(offer, _tools.Owner.Site)
                .Where(pair => image.Property(pair.Key) != pair.Value)
                .Select(pair => ImageChange.Set(pair.Key, pair.Value))
                .ToList();
            if (image.Image.Name != ImageProperties.NameOf(offer))
                changes.Add(ImageChange.Set("name", ImageProperties.NameOf(offer)));
            if (image.Image.MinRamMiB != ImageProperties.MinRamMiB(offer))
                changes.Add(ImageChange.Set("min_ram", ImageProperties.MinRamMiB(offer)));
            if (image.IsVerified && image.Image.Visibility != slot.Visibility)
                changes.Add(ImageChange.Set("visibility", slot.Visibility));
            return ChangeAsync(image, changes, ct);
        }

        private Task<CloudImage> ChangeAsync(
            SiteImage image,
            IReadOnlyList<ImageChange> changes,
            CancellationToken ct
        ) => _tools.Images.UpdateImageAsync(_tools.Owner.Scope, image.Id, changes, ct);
    }

    private SyncTools Tools => tools;
}
