namespace FedSite.OpenStack;

/// <summary>
/// Lists of what other projects have, for administrators. An account that a service's own policy does not take for one
/// may get its own project's things instead, or none, and no error: Cinder leaves out the filter, Neutron all others' things.
/// </summary>
internal static class AdminLists
{
    /// <summary>A project that is nobody's, to ask about where the question is of all of them.</summary>
    public const string Nobodys = "ffffffffffffffffffffffffffffffff";

    /// <exception cref="FedSiteException">It is not of the project that was asked for, or does not tell.</exception>
    public static Listed<T> Owned<T>(Listed<T> listed, Func<T, string?> owner, string service, string projectId)
        where T : class
    {
        if (listed.Item is not { } thing || owner(thing) == projectId)
            return listed;
        var shown = owner(thing) is { Length: > 0 } other ? $"what belongs to {other}" : "something without an owner";
        throw NoAdmin(service, $"asked for the project {projectId}, it shows {shown}");
    }

    /// <summary>An empty list proves nothing: has the service answer what it answers administrators alone.</summary>
    /// <exception cref="FedSiteException">The account is none.</exception>
    public static async Task ProveAsync(string service, Func<Task> question)
    {
        try
        {
            await question();
        }
        catch (OpenStackException e) when (e.Status == 403 && e.Service == service)
        {
            throw NoAdmin(service, "it does not let it see quotas of other projects", e);
        }
    }

    private static FedSiteException NoAdmin(string service, string seen, OpenStackException? refusal = null) =>
        new(
            $"{ServiceNames.Of(service)} does not take this account for an administrator: {seen}.",
            $"Name an account with --os-cloud that is one in {ServiceNames.Of(service)}'s own policy (`context_is_admin`; mostly the role admin).",
            inner: refusal
        );
}
