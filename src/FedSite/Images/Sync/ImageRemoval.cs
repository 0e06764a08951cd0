using FedSite.Images.Catalogue;
using FedSite.OpenStack;

namespace FedSite.Images.Sync;

/// <summary>Takes images away from which no server was started, as far as anybody can tell.</summary>
internal sealed class ImageRemoval(SyncTools tools)
{
    private bool? _seesAllServers;

    /// <returns>Why it stays for now; null: it is gone.</returns>
    /// <exception cref="OpenStackException">Glance refuses, or a service did not answer.</exception>
    public async Task<string?> RunAsync(SiteImage image, CancellationToken ct)
    {
        if (image.IsWhole && await WhyNeededAsync(image, ct) is { } why)
            return why;
        try
        {
            await tools.Images.DeleteImageAsync(tools.Owner.Scope, image.Id, ct);
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 409 })
        {
            return "Glance says that it is in use";
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 403 } && image.Image.Protected)
        {
            return "somebody has protected it in Glance";
        }

        tools.Store.KeepRemoved(image.Id);
        return null;
    }

    private async Task<string?> WhyNeededAsync(SiteImage image, CancellationToken ct)
    {
        const string used = "a server was started from it";
        if (_seesAllServers != false)
        {
            try
            {
                var isUsed = await tools.Compute.IsImageUsedAsync(tools.Owner.Scope, image.Id, allProjects: true, ct);
                _seesAllServers = true;
                return isUsed ? used : null;
            }
            catch (OpenStackException e) when (e.Status == 403)
            {
                _seesAllServers = false;
            }
        }

        return await AskEachAsync(image, used, ct);
    }

    /// <summary>Without the right to see all servers: each project that could have started one.</summary>
    private async Task<string?> AskEachAsync(SiteImage image, string used, CancellationToken ct)
    {
        if (await tools.Compute.IsImageUsedAsync(tools.Owner.Scope, image.Id, allProjects: false, ct))
            return used;
        if (image.Image.Visibility is "public" or "community")
            return "everybody may have started servers from it, and the account does not see all servers";
        if (image.Image.Visibility != "shared")
            return null;
        var members = await tools.Images.ListMembersAsync(tools.Owner.Scope, image.Id, ct);
        // Servers stay where an image was taken away from a project.
        var projects = members.Select(member => member.ProjectId).Concat(tools.Vos.Accounts);
        foreach (var project in projects.Distinct(StringComparer.Ordinal).Where(id => id != tools.Owner.ProjectId))
        {
            if (tools.Vos.AccountOf(project) is not { } account)
                return $"whether project {project} uses it is not known";
            try
            {
                if (await account.Account.Compute.IsImageUsedAsync(account.Scope, image.Id, allProjects: false, ct))
                    return used;
            }
            catch (OpenStackException e) when (e.Status is 401 or 403)
            {
                return $"whether project {project} uses it is not known: {e.Message}";
            }
        }

        return null;
    }
}
