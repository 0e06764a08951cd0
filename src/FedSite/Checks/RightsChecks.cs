using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using FedSite.OpenStack.Image;

namespace FedSite.Checks;

/// <summary>What the account may do, tried by doing it once, and what each missing right costs.</summary>
internal static class RightsChecks
{
    private const int Parallel = 4;

    public static async IAsyncEnumerable<Finding> ProjectsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        var projects = await cloud.Identity.ListMyProjectsAsync(cancellationToken);
        if (projects.Count == 0)
        {
            yield return CheckRules.ProjectRights.Error(
                "The account has a role in no project: there is nothing to account."
            );
            yield break;
        }

        using var gate = new SemaphoreSlim(Parallel);
        var tries = projects
            .Where(project => project.Enabled)
            .Select(project => TryAsync(subject, cloud, project, gate, cancellationToken));
        var results = await Task.WhenAll(tries.ToList());
        var problems = results.SelectMany(findings => findings).ToList();
        var good = results.Count(findings => findings.TrueForAll(f => f.Severity != Severity.Error));
        if (good > 0)
        {
            var version = await cloud.Compute.NegotiateAsync(projects[0].Id, cancellationToken);
            yield return CheckRules.ProjectRights.Ok(
                $"The servers of {good} of {results.Length} projects can be read, with compute microversion {version}."
            );
        }

        foreach (var problem in problems)
            yield return problem;
    }

    public static async IAsyncEnumerable<Finding> LookUpsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        var tag = subject.Site.Accounting.Tag;
        yield return await TryAsync(
            async () =>
            {
                var tagged = await cloud.Identity.ListProjectsAsync(
                    tag,
                    name: null,
                    domainId: null,
                    odd: null,
                    cancellationToken
                );
                return $"Projects can be found by tag; {tagged.Count} have the tag {tag}.";
            },
            $"Projects can't be found by the tag {tag}: only those where the account has a role are looked at."
        );
        var other = await FindOtherUserAsync(cloud, cancellationToken);
        if (other is { } user)
        {
            yield return await TryAsync(
                async () =>
                {
                    var found = await LookUpAsync(cloud, user.Id, user.ProjectId, cancellationToken);
                    return found is null ? $"Users can be looked up; {user.Id} is gone." : "Users can be looked up.";
                },
                "Users can't be looked up: records will lack GlobalUserName."
            );
        }
    }

    private static async Task<List<Finding>> TryAsync(
        CheckSubject subject,
        OpenStackCloud cloud,
        Project project,
        SemaphoreSlim gate,
        CancellationToken cancellationToken
    )
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await LookAtAsync(cloud.Compute.ListServersAsync(project.Id, changesSince: null, cancellationToken));
            var findings = new List<Finding>();
            await TryAsync(
                cloud.Image.ListImagesAsync(project.Id, new ImageQuery { Visibility = "public" }, cancellationToken),
                "images can't be read, so records name none"
            );
            if (subject.Site.Accounting.Kinds.Contains(RecordKind.Ip))
            {
                await TryAsync(
                    cloud.Network.ListFloatingIpsAsync(project.Id, cancellationToken),
                    "addresses can't be read, so none are accounted"
                );
            }

            if (subject.Site.Accounting.Kinds.Contains(RecordKind.Storage))
            {
                await TryAsync(
                    cloud.BlockStorage.ListVolumesAsync(project.Id, cancellationToken),
                    "volumes can't be read, so none are accounted"
                );
            }

            return findings;

            async Task TryAsync<T>(IAsyncEnumerable<T> list, string cost)
            {
                try
                {
                    await LookAtAsync(list);
                }
                catch (OpenStackException e)
                {
                    findings.Add(
                        CheckRules.ProjectRights.Warning($"Project {project.Name}: {cost}. {e.Message}", e.NextStep)
                    );
                }
            }
        }
        catch (OpenStackException e)
        {
            return
            [
                CheckRules.ProjectRights.Error(
                    $"Project {project.Name} ({project.Id}): servers can't be read, its usage is lost. {e.Message}",
                    e.NextStep
                ),
            ];
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Its first page tells whether it may be read.</summary>
    private static async Task LookAtAsync<T>(IAsyncEnumerable<T> list)
    {
        await foreach (var _ in list)
            break;
    }

    private static async Task<Finding> TryAsync(Func<Task<string>> look, string cost)
    {
        try
        {
            return CheckRules.SystemRights.Ok(await look());
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return CheckRules.SystemRights.Warning($"{cost} ({e.Message})");
        }
    }

    /// <summary>Somebody else who has a server: everybody may look up oneself.</summary>
    private static async Task<(string Id, string ProjectId)?> FindOtherUserAsync(
        OpenStackCloud cloud,
        CancellationToken cancellationToken
    )
    {
        const int enough = 3;
        var self = await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, cancellationToken);
        foreach (var project in (await cloud.Identity.ListMyProjectsAsync(cancellationToken)).Take(enough))
        {
            await foreach (
                var listed in cloud.Compute.ListServersAsync(project.Id, changesSince: null, cancellationToken)
            )
            {
                if (listed.Item is { UserId: { } user } && user != self.UserId)
                    return (user, project.Id);
            }
        }

        return null;
    }

    // Sites give the right with the account's own scope, or with its role in the project.
    private static async Task<User?> LookUpAsync(
        OpenStackCloud cloud,
        string user,
        string project,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await cloud.Identity.GetUserAsync(user, TokenScope.Configured, cancellationToken);
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return await cloud.Identity.GetUserAsync(user, TokenScope.Project(project), cancellationToken);
        }
    }
}
