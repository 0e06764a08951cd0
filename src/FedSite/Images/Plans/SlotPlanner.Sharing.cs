using FedSite.Configuration;
using FedSite.Images.Catalogue;

namespace FedSite.Images.Plans;

/// <remarks>Who sees an image, and who is to.</remarks>
internal sealed partial class SlotPlanner
{
    private bool KnowsAll => facts.MayUnshare && input.OnlyVo is null;

    /// <summary>VOs that are meant to see it, but have seen too much.</summary>
    private IEnumerable<string> Without => facts.Vos.Except(_vos, StringComparer.Ordinal);

    /// <summary>Who is to see it, and how.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="match">What is there of it already; null: it is to come.</param>
    private void Aim(long size, SiteImage? match)
    {
        _vos = [.. facts.Vos.Where(vo => (match is not null && Has(match, vo)) || budget.TryAdd(vo, size))];
        foreach (var vo in Without)
            _notes.Add($"VO {vo} goes without: with it, it would see more than {budget.Limit} (images.limits.per_vo)");
        var there = match ?? Current;
        var projects = ProjectsOf(_vos);
        // Whoever sees a version before goes on seeing the slot, while it is not known that he may not.
        if (!facts.MayUnshare)
            projects.UnionWith(_visible.SelectMany(Accepted).Except(ProjectsOf(Without)));
        if (
            _visibility == ImagesConfig.Shared
            && input.Config.BeyondMembers != "none"
            && int.TryParse(there?.Property(ImageKeys.MemberLimit), out var limit)
            && projects.Count(id => id != there?.Image.Owner) > limit
        )
            _visibility = input.Config.BeyondMembers;
        if (_visibility == ImagesConfig.Shared)
            _projects = projects;
    }

    /// <summary>Members of hidden ones are not always asked for: then each VO is one.</summary>
    private bool Has(SiteImage image, string vo)
    {
        var projects = ProjectsOf([vo]);
        return image.Image.Visibility is ImagesConfig.Public or ImagesConfig.Community
            || projects.Contains(image.Image.Owner ?? "")
            || (
                input.Members.TryGetValue(image.Id, out var members)
                    ? members.Any(member => projects.Contains(member.ProjectId))
                    : image.IsHidden
            );
    }

    private HashSet<string> Accepted(SiteImage image) =>
        [
            .. (input.Members.GetValueOrDefault(image.Id) ?? [])
                .Where(member => member.Status == "accepted")
                .Select(member => member.ProjectId),
        ];

    private HashSet<string> ProjectsOf(IEnumerable<string> vos)
    {
        var names = vos.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. input.Vos.Projects.Where(project => names.Contains(project.Vo)).Select(project => project.ProjectId),
        ];
    }

    private void Share(SiteImage image)
    {
        if (_visibility != ImagesConfig.Shared)
            return;
        var accepted = Accepted(image);
        // The owner sees its own.
        var missing = InScope(_projects.Where(id => id != image.Image.Owner && !accepted.Contains(id)));
        if (missing.Count > 0)
            _actions.Add(
                new ImageAction(ImageStep.Share, image, "their VOs are meant to see it") { Projects = missing }
            );
        Unshare(image, _projects);
    }

    private void Unshare(SiteImage image, IReadOnlySet<string> may)
    {
        if (!facts.MayUnshare)
            return;
        var members = input.Members.GetValueOrDefault(image.Id) ?? [];
        var stale = InScope(members.Select(member => member.ProjectId).Where(id => !may.Contains(id)));
        if (stale.Count > 0)
            _actions.Add(
                new ImageAction(ImageStep.Unshare, image, "no VO of theirs is meant to see it") { Projects = stale }
            );
    }

    /// <summary>Who may start servers from the old version of a slot may be shown no more than the new one's circle.</summary>
    private void UnshareHidden()
    {
        _hasComparedHidden = KnowsAll;
        var may = facts.Offer is null ? ProjectsOf(input.Vos.Names) : ProjectsOf(facts.Vos);
        foreach (var image in _hidden.Where(image => !IsGoing(image)))
        {
            Close(image);
            Unshare(image, may);
        }
    }

    /// <summary>What everybody sees since the file said so, and is not the version that is offered.</summary>
    private void Close(SiteImage image)
    {
        var isFull = image.Property(ImageKeys.MemberLimit) is not null;
        var widest = Math.Max(Width(input.Config.Visibility), isFull ? Width(input.Config.BeyondMembers) : 0);
        if (!KnowsAll || Width(image.Image.Visibility) <= widest)
            return;
        var isShared = input.Config.Visibility == ImagesConfig.Shared;
        _actions.Add(
            new ImageAction(
                ImageStep.Update,
                image,
                $"it is {image.Image.Visibility}, and is to be {input.Config.Visibility} (images.visibility)"
            )
            {
                Visibility = input.Config.Visibility,
                Projects = isShared ? InScope(ProjectsOf(facts.Vos).Where(id => id != image.Image.Owner)) : [],
            }
        );
    }

    private static int Width(string? visibility) =>
        visibility switch
        {
            ImagesConfig.Public => 2,
            ImagesConfig.Community => 1,
            _ => 0,
        };

    private List<string> InScope(IEnumerable<string> projects)
    {
        var only = input.OnlyVo is { } vo ? ProjectsOf([vo]) : null;
        return [.. projects.Where(id => only?.Contains(id) != false).Order(StringComparer.Ordinal)];
    }

    /// <summary>Of all slots before any is planned.</summary>
    public void Count()
    {
        foreach (var image in facts.Images.Where(image => image.IsWhole))
        {
            foreach (var vo in facts.Vos.Where(vo => Has(image, vo)))
                budget.Count(vo, image.Image.Size ?? 0);
        }
    }
}
