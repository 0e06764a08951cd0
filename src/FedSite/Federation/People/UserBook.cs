using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>Users by id, each asked for once.</summary>
internal sealed class UserBook(IdentityApi identity, Unread unread)
{
    public const int SideBySide = 8;

    // Null: Keystone has none of this id.
    private readonly ConcurrentDictionary<string, User?> _users = new(StringComparer.Ordinal);

    /// <summary>All that is known so far.</summary>
    public IEnumerable<User> Users => _users.Values.OfType<User>();

    public void Add(User user) => _users[user.Id] = user;

    public bool Has(string id) => _users.ContainsKey(id);

    /// <summary>Asks for those that are not known yet.</summary>
    public Task LearnAsync(IEnumerable<string> ids, CancellationToken ct) =>
        Parallel.ForEachAsync(
            ids.Where(id => !_users.ContainsKey(id)).Distinct(StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (id, token) =>
                await unread.TryAsync(
                    "users",
                    async () => _users[id] = await identity.GetUserAsync(id, TokenScope.Configured, token)
                )
        );

    public Owner OwnerOf(string id) =>
        _users.TryGetValue(id, out var user)
            ? new Owner(id, user?.Name, user?.Email, user is null, IsDisabled: user?.Enabled == false)
            : Owner.Unknown(id);
}

/// <summary>Whose something is.</summary>
/// <param name="Id">Id of the user.</param>
/// <param name="Name">Of a federated user mostly the id at the provider; null: not known.</param>
/// <param name="Email">Null: not known.</param>
/// <param name="IsGone">Keystone has no such user any more.</param>
/// <param name="IsDisabled">The account may not log in.</param>
public sealed record Owner(string Id, string? Name, string? Email, bool IsGone, bool IsDisabled)
{
    /// <summary>Of whom nothing but the id is known.</summary>
    public static Owner Unknown(string id) => new(id, Name: null, Email: null, IsGone: false, IsDisabled: false);
}
