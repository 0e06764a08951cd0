using System.Text.Json.Nodes;

namespace FedSite.Federation.Mappings;

/// <summary>Under which id and name Keystone keeps somebody whom a mapping admits.</summary>
/// <param name="UniqueId">URL-encoded; it ties the user to the identity provider and protocol.</param>
public sealed record FederatedUser(string UniqueId, string Name)
{
    /// <summary>Whom the mapped user is; with an error when Keystone refuses.</summary>
    /// <param name="user">As the rules give it, of type <c>ephemeral</c>.</param>
    /// <param name="remoteUser">REMOTE_USER of the web server; null: none.</param>
    public static (FederatedUser? User, MappingError? Error) Of(JsonObject user, string? remoteUser)
    {
        var id = Text(user, "id");
        var name = Text(user, "name") ?? (remoteUser is { Length: > 0 } ? remoteUser : null);
        if (id is null && name is null)
        {
            var message =
                "The rules give the user neither a name nor an id, and the web server no REMOTE_USER to take instead.";
            return (null, new MappingError("Unauthorized", message));
        }

        return (new FederatedUser(Quoted(id ?? name!), name ?? id!), null);
    }

    private static string? Text(JsonObject user, string key) =>
        user[key]?.GetValue<string>() is { Length: > 0 } text ? text : null;

    private static string Quoted(string id) => Uri.EscapeDataString(id).Replace("%2F", "/", StringComparison.Ordinal);
}
