using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Sources;

namespace FedSite.Images.Plans;

/// <summary>Decides about one slot.</summary>
internal sealed partial class SlotPlanner(PlanInput input, SlotFacts facts, VoBudget budget)
{
    /// <summary>An image that is being filled for longer is none that anybody fills.</summary>
    public static readonly TimeSpan LongestUpload = TimeSpan.FromDays(1);

    private readonly List<ImageAction> _actions = [];
    private readonly List<string> _notes = [];

    /// <summary>Newest first; those whose upload was never confirmed come last.</summary>
    private readonly List<SiteImage> _visible =
    [
        .. facts
            .Images.Where(image => image is { IsWhole: true, IsHidden: false })
            .OrderByDescending(image => image.IsVerified)
            .ThenByDescending(image => image.Created ?? image.Image.Created)
            .ThenByDescending(image => image.Image.Created)
            .ThenBy(image => image.Id, StringComparer.Ordinal),
    ];

    private readonly List<SiteImage> _hidden =
    [
        .. facts
            .Images.Where(image => image is { IsWhole: true, IsHidden: true })
            .OrderByDescending(image => image.HiddenAt)
            .ThenBy(image => image.Id, StringComparer.Ordinal),
    ];

    private IReadOnlySet<string> _projects = new HashSet<string>();
    private IReadOnlyList<string> _vos = facts.Vos;
    private string _visibility = input.Config.Visibility;
    private bool _hasComparedHidden;

    private SiteImage? Current => _visible.Find(image => image.IsVerified);

    /// <summary>What users see, or saw last: who withdraws an image for a while must not bring back an older one.</summary>
    private SiteImage? Latest =>
        Current
        ?? _hidden
            .Where(image => image.IsVerified && image.HiddenFor is "withdrawn" or "expired")
            .OrderByDescending(image => image.Created ?? image.Image.Created)
            .FirstOrDefault();

    public SlotPlan Plan()
    {
        if (facts.Offer is not { } offer)
            return WithoutOffer();
        if (IsExpired(offer))
        {
            var age =
                $"made on {ImageProperties.Iso(offer.Created!.Value)}, older than max_age ({input.Config.Require.MaxAge})";
            HideAll("expired", age);
            RemoveOld(isOffered: false);
            UnshareHidden();
            return Done(Decisions.Expired, age);
        }

        if (MatchOf(offer) is { } match)
            return Keep(offer, match);
        if (Refusal(offer) is { } refusal)
            return Refuse(refusal.Id, refusal.Reason);
        return Take(offer);
    }

    private SlotPlan WithoutOffer()
    {
        if (facts.Refused is { } refused)
            return Refuse(refused.Id, refused.Reason);
        if (facts.Unknown is { } why)
            return Done(Decisions.Unknown, why);
        const string gone = "no source offers it any more";
        HideAll("withdrawn", gone);
        foreach (var image in facts.Images.Where(image => image.IsEmpty))
            _actions.Add(
                new ImageAction(ImageStep.Remove, image, "begun by a run that was cut off, and not offered any more")
            );
        RemoveOld(isOffered: false);
        UnshareHidden();
        return Done(Decisions.Withdrawn, gone);
    }

    /// <summary>The source's version is there.</summary>
    private SlotPlan Keep(ImageOffer offer, SiteImage match)
    {
        if (
            !facts.AllowsRollback
            && Latest is { } latest
            && latest.Id != match.Id
            // Else the site takes it in another format again.
            && latest.Content != offer.Content
            && (match.IsHidden || IsRollback(offer, latest))
        )
            return Refuse("rollback", RollbackWords(offer));
        Aim(offer.Size, match);
        if (!match.IsVerified)
            _actions.Add(
                new ImageAction(
                    ImageStep.Verify,
                    match,
                    "a run ended before Glance's copy was compared with what was sent"
                )
            );
        if (match.Image.Status == "deactivated")
            _notes.Add("an administrator has deactivated it in Glance; it stays so");
        if (match.IsHidden)
            _actions.Add(new ImageAction(ImageStep.Show, match, "it is offered again"));
        if (Difference(offer, match) is { } difference)
            _actions.Add(new ImageAction(ImageStep.Update, match, difference));
        Share(match);
        foreach (var other in _visible.Where(image => image.Id != match.Id))
            Replace(other, match.Id);
        Clean(match);
        return Done(Decisions.Offered, match.IsHidden ? "offered again" : "current");
    }

    private SlotPlan Take(ImageOffer offer)
    {
        var current = Current;
        Aim(offer.Size, match: null);
        if (_vos.Count == 0)
        {
            return facts.Vos.Count > 0
                ? Refuse("per-vo-limit", $"with it each VO would see more than {budget.Limit} (images.limits.per_vo)")
                : Refuse("no-vo", "no VO of the site is meant to see it");
        }

        _actions.Add(
            current is null
                ? new ImageAction(ImageStep.Add, Image: null, $"offered by {string.Join(", ", facts.Sources)}")
                : new ImageAction(ImageStep.Replace, current, ReplaceWords(offer, current))
        );
        foreach (var other in _visible)
            Replace(other, by: null);
        Clean(match: null, offer);
        return Done(Decisions.Offered, current is null ? "new" : "a newer version is offered");
    }

    private SlotPlan Refuse(string id, string reason)
    {
        // What users have instead is for the VOs of now.
        if (Current is { } current)
        {
            _notes.Clear();
            Aim(current.Image.Size ?? 0, current);
            if (current.Image.Visibility == ImagesConfig.Shared)
                Share(current);
            else
                Close(current);
            foreach (var other in _visible.Where(image => image.Id != current.Id))
                Replace(other, current.Id);
        }

        RemoveOld(isOffered: true);
        UnshareHidden();
        return Done(Decisions.Refused, reason) with { Refusal = id };
    }

    private SlotPlan Done(string decision, string reason) =>
        new()
        {
            Slot = facts.Slot,
            Sources = facts.Sources,
            Decision = decision,
            Reason = reason,
            Offer = facts.Offer,
            Current = Current,
            Vos = _vos,
            Projects = _projects,
            Visibility = _visibility,
            KnowsAll = KnowsAll,
            HasComparedHidden = _hasComparedHidden,
            Actions = [.. _actions.OrderBy(action => action.Step)],
            Notes = _notes,
        };

    private bool IsExpired(ImageOffer offer) =>
        input.Config.Require.MaxAge is { } age
        && offer.Created is { } created
        && input.Now - created > Duration.Parse(age);

    /// <summary>What Glance has of the version that is offered, the visible copy before a hidden one.</summary>
    private SiteImage? MatchOf(ImageOffer offer) =>
        _visible
            .Concat(_hidden)
            .Where(image => image.Manifest == offer.Manifest || image.Content == offer.Content)
            .Where(image =>
                input.Config.Formats.Count == 0 || input.Config.Formats.Contains(image.Image.DiskFormat ?? "")
            )
            .OrderBy(image => image.IsHidden)
            .ThenByDescending(image => image.IsVerified)
            .ThenByDescending(image => image.Manifest == offer.Manifest)
            .FirstOrDefault();

    private (string Id, string Reason)? Refusal(ImageOffer offer)
    {
        if (offer.Size > input.Config.Limits.Download.Bytes)
            return (
                "too-large",
                $"it has {new ByteSize(offer.Size)}, more than {input.Config.Limits.Download} (images.limits.download)"
            );
        if (input.Memory.Refusal(offer.Slot, offer.Manifest) is { } danger)
            return danger;
        return Latest is { } latest && !facts.AllowsRollback && IsRollback(offer, latest)
            ? ("rollback", RollbackWords(offer))
            : null;
    }

    private bool IsRollback(ImageOffer offer, SiteImage latest) =>
        (offer.Created is { } created && latest.Created is { } before && created < before)
        || (
            latest.Manifest != offer.Manifest
            && latest.Content != offer.Content
            && input.Memory.Replaced(facts.Slot).Contains(offer.Manifest)
        );

    private string RollbackWords(ImageOffer offer)
    {
        var newer = Current is null ? "a newer one was there before" : "a newer one stays";
        return $"the tag went back to an older image ({offer.Manifest}); {newer}. If that is meant, set allow_rollback: true for the source";
    }

    private static string ReplaceWords(ImageOffer offer, SiteImage current) =>
        current.Content == offer.Content
            ? $"the site takes it in another format than {current.Image.DiskFormat}"
            : $"the tag moved to {offer.Manifest}";

    /// <summary>Null: it is as it should be.</summary>
    private string? Difference(ImageOffer offer, SiteImage image)
    {
        var wanted = ImageProperties.Of(offer, image.Property(ImageKeys.Site)!);
        var keys = wanted.Where(pair => image.Property(pair.Key) != pair.Value).Select(pair => pair.Key).ToList();
        if (image.Image.Name != ImageProperties.NameOf(offer))
            keys.Add("name");
        if (image.Image.MinRamMiB != ImageProperties.MinRamMiB(offer))
            keys.Add("min_ram");
        if (image.IsVerified && image.Image.Visibility != _visibility)
            keys.Add("visibility");
        return keys.Count == 0 ? null : $"differs in {string.Join(", ", keys.Order(StringComparer.Ordinal))}";
    }

    private void HideAll(string why, string reason)
    {
        foreach (var image in _visible.Where(image => !DropUnseen(image)))
            _actions.Add(new ImageAction(ImageStep.Hide, image, reason) { HiddenFor = why });
    }

    /// <summary>Unless somebody sees it who does not get the newer one.</summary>
    private void Replace(SiteImage image, string? by)
    {
        if (DropUnseen(image))
            return;
        if (Accepted(image).Overlaps(ProjectsOf(Without)))
        {
            _notes.Add($"{image.Id} stays to be seen for VOs that go without the newer version");
            return;
        }

        _actions.Add(
            new ImageAction(
                ImageStep.Hide,
                image,
                by is null ? "a newer version takes its place" : $"{by} has taken its place"
            )
            {
                HiddenFor = "replaced",
            }
        );
    }

    /// <summary>One that was never compared, nor shown to anybody, is no version that is to be kept.</summary>
    private bool DropUnseen(SiteImage image)
    {
        if (image.IsVerified || image.Image.Visibility != "private")
            return false;
        _actions.Add(
            new ImageAction(ImageStep.Remove, image, "nobody ever saw it: a run ended before it was compared")
        );
        return true;
    }

    /// <summary>What killed runs have left, and old versions.</summary>
    private void Clean(SiteImage? match, ImageOffer? coming = null)
    {
        foreach (var image in facts.Images.Where(image => !image.IsWhole))
        {
            var isComing = image.Content == coming?.Content;
            if (image.IsEmpty && !isComing)
                _actions.Add(new ImageAction(ImageStep.Remove, image, "begun by a run that was cut off"));
            else if (!image.IsEmpty && input.Now - image.Image.Updated > LongestUpload)
                _actions.Add(
                    new ImageAction(ImageStep.Remove, image, $"it is {image.Image.Status} for more than a day")
                );
            else if (!isComing)
                _notes.Add($"{image.Id} is {image.Image.Status}: another program is filling it, or Glance has lost it");
        }

        RemoveOld(isOffered: true, match);
        UnshareHidden();
    }

    private void RemoveOld(bool isOffered, SiteImage? match = null)
    {
        var grace = TimeSpan.FromDays(input.Config.Keep.Days);
        var hidden = _hidden.Where(image => image.Id != match?.Id).ToList();
        // While an image that is no longer offered may come back, so may its older versions.
        if (!isOffered && hidden.Exists(image => input.Now - image.HiddenAt <= grace))
            return;
        if (!isOffered && _visible.Count > 0)
            return;
        foreach (var image in hidden.Skip(isOffered ? input.Config.Keep.Versions : 0))
        {
            if (input.Now - image.HiddenAt > grace)
                _actions.Add(
                    new ImageAction(
                        ImageStep.Remove,
                        image,
                        $"hidden since {ImageProperties.Iso(image.HiddenAt!.Value)}"
                    )
                );
        }
    }

    private bool IsGoing(SiteImage image) =>
        _actions.Exists(action => action.Step is ImageStep.Remove or ImageStep.Show && action.Image?.Id == image.Id);
}
