using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

public sealed partial class CloudWorld
{
    private readonly ConcurrentDictionary<(string User, string Group), DateTimeOffset> _expiring = new();

    private readonly TimeProvider _time;

    /// <summary>What a login with an identity provider's <c>authorization_ttl</c> leaves behind.</summary>
    public void Join(string userId, string groupId, DateTimeOffset expires) => _expiring[(userId, groupId)] = expires;

    /// <summary>Groups of logins that still count, and until when.</summary>
    internal IEnumerable<(SandboxGroup Group, DateTimeOffset Expires)> ExpiringGroupsOf(string userId) =>
        _expiring
            .Where(entry => entry.Key.User == userId && entry.Value > _time.GetUtcNow())
            .Select(entry => (Group: FindGroup(entry.Key.Group), entry.Value))
            .Where(entry => entry.Group is not null)
            .Select(entry => (entry.Group!, entry.Value))
            .OrderBy(entry => entry.Item1.Id, StringComparer.Ordinal);

    /// <summary>Sets the groups that the last login gave; they count until the next one, or for a time of their own.</summary>
    /// <param name="userId">Who logged in.</param>
    /// <param name="groupIds">What the mapping gave.</param>
    /// <param name="minutes">Of the identity provider; null or 0: for this login alone.</param>
    internal void LogIn(string userId, IReadOnlyCollection<string> groupIds, int? minutes)
    {
        _roles.LogIn(userId, groupIds);
        foreach (var group in groupIds.Where(_ => minutes > 0))
            Join(userId, group, _time.GetUtcNow().AddMinutes(minutes!.Value));
    }
}
