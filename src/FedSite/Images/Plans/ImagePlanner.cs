using System.Globalization;
using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Sources;

namespace FedSite.Images.Plans;

/// <summary>
/// Decides, from what sources offer and what Glance has, what is to be done. Touches nothing. Absence is believed only of a
/// source that answered in full and lost no more than <c>images.max_loss</c>.
/// </summary>
internal sealed class ImagePlanner
{
    private readonly PlanInput _input;
    private readonly ILookup<string, SiteImage> _images;
    private readonly Dictionary<string, SourceReport> _reports;
    private readonly ILookup<string, ImageOffer> _offers;
    private readonly Dictionary<string, RefusedOffer> _refused;
    private readonly VoBudget _budget;
    private readonly string? _lostProjects;

    private ImagePlanner(PlanInput input)
    {
        _input = input;
        _images = input.Images.ToLookup(image => image.Slot, StringComparer.Ordinal);
        _reports = input.Sources.ToDictionary(source => source.Name, Report, StringComparer.Ordinal);
        _offers = Believed()
            .SelectMany(source => source.Listing.Offers)
            .ToLookup(offer => offer.Slot, StringComparer.Ordinal);
        _refused = Believed()
            .SelectMany(source => source.Listing.Refused)
            .DistinctBy(offer => offer.Slot)
            .ToDictionary(offer => offer.Slot, StringComparer.Ordinal);
        _budget = new VoBudget(input.Config.Limits.PerVo);
        _lostProjects = LostProjects();
    }

    public static ImagePlan Plan(PlanInput input)
    {
        var planner = new ImagePlanner(input);
        return new ImagePlan
        {
            Slots = planner.Slots(),
            Sources = [.. input.Sources.Select(source => planner._reports[source.Name])],
            VoProblems = planner.VoProblems(),
        };
    }

    private IEnumerable<ReadSource> Believed() => _input.Sources.Where(source => !_reports[source.Name].IsFailed);

    private List<SlotPlan> Slots()
    {
        // What is there counts before what is to come, so that no limit takes away what somebody has.
        var slots = _images
            .Select(images => images.Key)
            .Order(StringComparer.Ordinal)
            .Concat(_offers.Select(offers => offers.Key).Concat(_refused.Keys).Order(StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal);
        var planners = new List<SlotPlanner>();
        foreach (var facts in slots.Select(Facts))
        {
            var planner = new SlotPlanner(_input, facts, _budget);
            planner.Count();
            if (IsInScope(facts))
                planners.Add(planner);
        }

        return [.. planners.Select(planner => planner.Plan()).OrderBy(plan => plan.Slot, StringComparer.Ordinal)];
    }

    private bool IsInScope(SlotFacts facts) =>
        (_input.OnlySources is not { } only || facts.Sources.Any(only.Contains))
        && (_input.OnlyVo is not { } vo || facts.Vos.Contains(vo));

    private SlotFacts Facts(string slot)
    {
        var offers = _offers[slot].ToList();
        var sources = SourcesOf(slot, offers);
        var vos = VosOf(sources);
        var offer = offers.OrderByDescending(one => one.Created).FirstOrDefault();
        return new SlotFacts
        {
            Slot = slot,
            Sources = sources,
            Images = [.. _images[slot]],
            Offer = offer,
            Vos = vos,
            Unknown = offer is null ? WhyUnknown(slot, sources) : null,
            Refused = _refused.GetValueOrDefault(slot),
            MayUnshare = MayUnshare(slot),
            AllowsRollback = _input.Sources.Any(source => sources.Contains(source.Name) && source.Config.AllowRollback),
        };
    }

    private List<string> SourcesOf(string slot, List<ImageOffer> offers)
    {
        if (offers.Count > 0)
            return [.. offers.Select(offer => offer.Source).Distinct(StringComparer.Ordinal)];
        if (_images[slot].Any())
            return [.. _images[slot].Select(image => image.Source).Distinct(StringComparer.Ordinal)];
        return
        [
            .. Believed()
                .Where(source => source.Listing.Refused.Any(refused => refused.Slot == slot))
                .Select(source => source.Name),
        ];
    }

    private List<string> VosOf(List<string> sources)
    {
        // Those that are not asked in this run too: what a VO sees by them counts.
        var wanted = _input
            .Sources.Select(source => source.Config)
            .Concat(_input.Config.Sources)
            .Where(source => sources.Contains(ImagesRules.NameOf(source)))
            .SelectMany(source => source.Vos)
            .ToHashSet(StringComparer.Ordinal);
        return [.. _input.Vos.Names.Where(vo => wanted.Contains("all") || wanted.Contains(vo))];
    }

    /// <summary>Null: that nobody offers it can be believed.</summary>
    private string? WhyUnknown(string slot, List<string> sources)
    {
        foreach (var source in _input.Sources)
        {
            if (_reports[source.Name].IsFailed && (sources.Contains(source.Name) || MayOffer(source.Config, slot)))
                return $"source {source.Name} told nothing that can be relied on";
            if (
                source.Listing.Unread.FirstOrDefault(part => slot.StartsWith(part.Slots, StringComparison.Ordinal)) is
                { } part
            )
                return $"source {source.Name} could not be read there: {part.Failure.Message}";
        }

        if (!_input.Force && !sources.Exists(IsConfigured))
            return $"its source {string.Join(", ", sources)} is not in the file any more; if that is meant, `fedsite images sync --force` hides it";
        if (Variants(slot).Any())
            return "its tag names images of several architectures now, or of one alone: those come first";
        // In a run for some sources the others were not asked.
        return
            _input.OnlySources is { } only
            && (!sources.TrueForAll(only.Contains) || Unasked(only).Any(source => MayOffer(source, slot)))
            ? "another source was not asked in this run"
            : null;
    }

    private bool IsConfigured(string source) =>
        _input
            .Config.Sources.Concat(_input.Sources.Select(read => read.Config))
            .Any(config => ImagesRules.NameOf(config) == source);

    /// <summary>Slots of the same tag that are offered, but not to be seen in Glance yet.</summary>
    private IEnumerable<string> Variants(string slot)
    {
        var tag = slot.Split('@')[0];
        return _offers
            .Select(offers => offers.Key)
            .Where(other => other != slot && other.Split('@')[0] == tag)
            .Where(other => !_images[other].Any(image => image is { IsVerified: true, IsHidden: false }));
    }

    private IEnumerable<ImageSourceConfig> Unasked(IReadOnlySet<string> asked) =>
        _input.Config.Sources.Where(source => !asked.Contains(ImagesRules.NameOf(source)));

    private static bool MayOffer(ImageSourceConfig source, string slot)
    {
        var project = source.Project is null ? "" : $"{source.Project}/";
        return slot.StartsWith($"{new Uri(source.Registry).Authority}/{project}", StringComparison.Ordinal);
    }

    /// <summary>
    /// A source that told nothing may have offered the slot to other VOs, and a VO that the site does not have may be one
    /// of the site's, misspelt.
    /// </summary>
    private bool MayUnshare(string slot) =>
        _input is { Vos.IsComplete: true, OnlySources: null }
        && !_input.Sources.Any(source => source.Config.Vos.Any(vo => vo != "all" && !_input.Vos.Names.Contains(vo)))
        && _lostProjects is null
        && !_input.Sources.Any(source =>
            (_reports[source.Name].IsFailed || source.Listing.Unread.Count > 0)
            && slot.StartsWith($"{new Uri(source.Config.Registry).Authority}/", StringComparison.Ordinal)
        );

    private SourceReport Report(ReadSource source)
    {
        var listing = source.Listing;
        if (listing.Failure is { } failure)
        {
            return new SourceReport(source.Name, 0, failure.Message, failure.NextStep) { IsFailed = true };
        }

        if (!_input.Force && Loss(source) is { } loss)
        {
            return new SourceReport(
                source.Name,
                listing.Offers.Count,
                loss,
                "Nothing of it was changed. If they are really gone, run `fedsite images sync --force`."
            )
            {
                IsFailed = true,
            };
        }

        return new SourceReport(
            source.Name,
            listing.Offers.Count,
            listing.Unread.Count == 0 ? null : Unread(listing.Unread),
            listing.Unread is [var part, ..] ? part.Failure.NextStep : null
        );
    }

    private static string Unread(IReadOnlyList<UnreadPart> unread) =>
        unread.Count == 1
            ? $"{unread[0].Slots} could not be read: {unread[0].Failure.Message}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{unread.Count} parts could not be read, the first is {unread[0].Slots}: {unread[0].Failure.Message}"
            );

    /// <summary>One image may always go; all of them, or too many at once, are a hiccup until somebody says otherwise.</summary>
    private string? Loss(ReadSource source)
    {
        var listing = source.Listing;
        var there = listing
            .Offers.Select(offer => offer.Slot)
            .Concat(listing.Refused.Select(offer => offer.Slot))
            .ToHashSet();
        var known = _input
            .Images.Where(image => image is { IsWhole: true, IsHidden: false } && IsOf(image, source))
            .Select(image => image.Slot)
            .ToHashSet();
        var lost = known.Count(slot =>
            !there.Contains(slot) && !listing.Unread.Any(part => slot.StartsWith(part.Slots, StringComparison.Ordinal))
        );
        return IsTooMany(lost, known.Count, isAll: there.Count == 0)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"it lists {lost} of {known.Count} images no more, which is above max_loss ({_input.Config.MaxLoss})"
            )
            : null;
    }

    private bool IsTooMany(int lost, int known, bool isAll)
    {
        var share = int.Parse(_input.Config.MaxLoss.TrimEnd('%'), CultureInfo.InvariantCulture);
        return isAll ? lost > 0 : lost > 1 && lost * 100L > share * (long)known;
    }

    /// <summary>An account that lost its roles is told of no project, and of no error. Null: no more left than may.</summary>
    private string? LostProjects()
    {
        var there = _input.Vos.Projects.Select(project => project.ProjectId).ToHashSet(StringComparer.Ordinal);
        var known = _input
            .Members.Values.SelectMany(members => members)
            .Where(member => member.Status == "accepted")
            .Select(member => member.ProjectId)
            .ToHashSet(StringComparer.Ordinal);
        var lost = known.Count(project => !there.Contains(project));
        return !_input.Force && IsTooMany(lost, known.Count, isAll: there.Count == 0)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{lost} of {known.Count} projects that see images are of no VO any more, which is above max_loss ({_input.Config.MaxLoss}); they go on seeing them. If they are really gone, run `fedsite images sync --force`"
            )
            : null;
    }

    /// <summary>Also what it brought under another name: one that no source has any more.</summary>
    private bool IsOf(SiteImage image, ReadSource source) =>
        image.Source == source.Name
        || (
            MayOffer(source.Config, image.Slot)
            && _input.Sources.All(one => one.Name != image.Source)
            && _input.Config.Sources.All(one => ImagesRules.NameOf(one) != image.Source)
        );

    private List<string> VoProblems()
    {
        var problems = _input
            .Vos.Unknown.Where(vo => _input.OnlyVo is null || vo == _input.OnlyVo)
            .Select(vo => $"VO {vo}: its projects are not all known in this run")
            .ToList();
        if (_lostProjects is { } lost && _input.OnlyVo is null)
            problems.Add(lost);
        var names = _input.Vos.Names.ToHashSet(StringComparer.Ordinal);
        problems.AddRange(
            _input
                .Sources.SelectMany(source => source.Config.Vos.Select(vo => (Vo: vo, source.Name)))
                .Where(wanted => wanted.Vo != "all" && !names.Contains(wanted.Vo) && _input.Vos.IsComplete)
                .Select(wanted => $"source {wanted.Name} names the VO {wanted.Vo}, which is none of the site's")
        );
        return problems;
    }
}
