using System.Globalization;
using FedSite.Images.Catalogue;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Sync;

/// <summary>Members of an image: the owner offers it, and each project accepts with an account of its own, or an
/// administrator for it.</summary>
internal sealed class ImageSharing(SyncTools tools)
{
    private const int AtOnce = 8;

    /// <exception cref="NotSharedException">Some projects can't see it; the others do.</exception>
    public async Task ShareAsync(string imageId, IReadOnlyList<string> projects, CancellationToken ct)
    {
        var failures = new List<(string Project, FedSiteException Failure)>();
        var offered = new List<string>();
        var mayOpen = tools.Config.BeyondMembers != "none";
        foreach (var project in projects)
        {
            try
            {
                // One after the other: how many fit is known when one does not.
                await tools.Images.AddMemberAsync(tools.Owner.Scope, imageId, project, ct);
                offered.Add(project);
            }
            catch (ImageMemberLimitException e) when (mayOpen)
            {
                if (await OpenAsync(imageId, e, ct) is not { } refusal)
                    return;
                mayOpen = false;
                failures.Add((project, refusal));
            }
            catch (OpenStackException e)
            {
                failures.Add((project, e));
            }
        }

        await Parallel.ForEachAsync(
            offered,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (project, token) =>
            {
                if (await AcceptAsync(imageId, project, token) is { } failure)
                {
                    lock (failures)
                        failures.Add((project, failure));
                }
            }
        );
        Throw(failures, "could not be shown the image");
    }

    /// <exception cref="FedSiteException">Some projects still see it.</exception>
    public async Task UnshareAsync(string imageId, IReadOnlyList<string> projects, CancellationToken ct)
    {
        var failures = new List<(string Project, FedSiteException Failure)>();
        foreach (var project in projects)
        {
            try
            {
                await tools.Images.RemoveMemberAsync(tools.Owner.Scope, imageId, project, ct);
            }
            catch (OpenStackException e)
            {
                failures.Add((project, e));
            }
        }

        Throw(failures, "could not be made to see the image no more");
    }

    /// <summary>Members that are none of these projects.</summary>
    /// <exception cref="FedSiteException">Some still see it, or nobody knows.</exception>
    public async Task UnshareOthersAsync(string imageId, IReadOnlySet<string> projects, CancellationToken ct)
    {
        var members = await tools.Images.ListMembersAsync(tools.Owner.Scope, imageId, ct);
        await UnshareAsync(
            imageId,
            [.. members.Select(member => member.ProjectId).Where(id => !projects.Contains(id))],
            ct
        );
    }

    private async Task<FedSiteException?> AcceptAsync(string imageId, string project, CancellationToken ct)
    {
        if (tools.Owner.IsAdmin)
            return await AcceptAsync(tools.Images, tools.Owner.Scope, imageId, project, ct);
        if (tools.Vos.AccountOf(project) is not { } account)
        {
            return new FedSiteException(
                "no account can accept it there: none that the file names may be used for this project",
                "Give the account of `images.openstack` a role in the project, or the VO an account under `images.vos`."
            );
        }

        return await AcceptAsync(account.Account.Image, account.Scope, imageId, project, ct);
    }

    private static async Task<FedSiteException?> AcceptAsync(
        ImageApi images,
        TokenScope scope,
        string imageId,
        string project,
        CancellationToken ct
    )
    {
        try
        {
            await images.SetMemberStatusAsync(scope, imageId, project, "accepted", ct);
            return null;
        }
        catch (FedSiteException e)
        {
            return e;
        }
    }

    /// <summary>More projects than Glance takes members: everybody may see it then.</summary>
    /// <returns>Why it can't be opened; null: it is.</returns>
    private async Task<OpenStackException?> OpenAsync(
        string imageId,
        ImageMemberLimitException limit,
        CancellationToken ct
    )
    {
        try
        {
            var members = await tools.Images.ListMembersAsync(tools.Owner.Scope, imageId, ct);
            await tools.Images.UpdateImageAsync(
                tools.Owner.Scope,
                imageId,
                [
                    ImageChange.Set(ImageKeys.MemberLimit, members.Count.ToString(CultureInfo.InvariantCulture)),
                    ImageChange.Set("visibility", tools.Config.BeyondMembers),
                ],
                ct
            );
            SyncLog.Opened(tools.Log, imageId, members.Count, tools.Config.BeyondMembers, limit.Message);
            return null;
        }
        catch (OpenStackException e)
        {
            return e;
        }
    }

    private static void Throw(List<(string Project, FedSiteException Failure)> failures, string what)
    {
        if (failures.Count == 0)
            return;
        var (project, first) = failures.OrderBy(failure => failure.Project, StringComparer.Ordinal).First();
        throw new NotSharedException(
            failures.Count == 1
                ? $"Project {project} {what}: {first.Message}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{failures.Count} projects {what}, for instance {project}: {first.Message}"
                ),
            first.NextStep,
            [.. failures.Select(failure => failure.Project)],
            first
        );
    }
}

/// <summary>Of some projects it could not be changed what they see.</summary>
internal sealed class NotSharedException(
    string message,
    string? nextStep,
    IReadOnlyList<string> projects,
    Exception inner
) : FedSiteException(message, nextStep, inner: inner)
{
    /// <summary>Their ids.</summary>
    public IReadOnlyList<string> Projects { get; } = projects;
}
