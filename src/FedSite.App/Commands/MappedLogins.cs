using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.App.Commands;

/// <summary>Logins at the sandbox by its stored mappings, evaluated by the product's engine.</summary>
internal static class MappedLogins
{
    /// <summary>From now on a login counts only by the mapping that is stored for it.</summary>
    public static void EvaluateMappings(this FederationSandbox sandbox) => sandbox.World.Federation.Evaluate = Evaluate;

    private static SandboxMappedUser? Evaluate(SandboxMapping mapping, IReadOnlyDictionary<string, string> login)
    {
        var document = MappingDocument.Parse(Encoding.UTF8.GetBytes(mapping.Rules), mapping.Id);
        if (new MappingEngine(document).Evaluate(new Assertion(login)).Mapped is not { } mapped)
        {
            return null;
        }
        var remoteUser = login.GetValueOrDefault(Assertion.RemoteUser);
        return FederatedUser.Of(mapped.User, remoteUser).User is { } user
            ? new SandboxMappedUser
            {
                UniqueId = user.UniqueId,
                Name = user.Name,
                Email = (string?)mapped.User["email"],
                GroupIds = [.. mapped.GroupIds.Select(id => (string)id!)],
                GroupNames = [.. mapped.GroupNames.Select(group => ((string)group!["name"]!, DomainOf(group)))],
            }
            : null;
    }

    private static string DomainOf(JsonNode group) =>
        (string?)group["domain"]!["id"] ?? (string?)group["domain"]!["name"] ?? "";
}
