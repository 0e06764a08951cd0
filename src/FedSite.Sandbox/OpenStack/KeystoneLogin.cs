using System.Security.Cryptography;
using System.Text;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>
/// Logins with an access token of an identity provider, as Keystone and mod_auth_openidc before it answer them.
/// </summary>
internal sealed class KeystoneLogin(CloudWorld world, Tokens tokens)
{
    private const string Issuer = "HTTP_OIDC_ISS";

    private SandboxFederation Store => world.Federation;

    /// <summary>An unscoped token.</summary>
    public Token Federated(HttpRequest request, string idp, string protocol)
    {
        var bearer = request.Headers.Authorization.ToString();
        var accessToken = bearer.StartsWith("Bearer ", StringComparison.Ordinal) ? bearer["Bearer ".Length..] : "";
        var isFirst =
            Store.Evaluate is null || (accessToken == FederationSandbox.AccessToken && !Store.IdentityProviders.Any());
        var user = isFirst ? First(accessToken, idp, protocol) : Mapped(accessToken, idp, protocol);
        return tokens.Issue(user, ScopeKind.Unscoped, null, null, [], "mapped", null);
    }

    private SandboxUser First(string accessToken, string idp, string protocol)
    {
        var known = Store.IdentityProviders.Any()
            ? Store.FindProtocol(idp, protocol) is not null
            : (idp, protocol) is ("egi.eu", "openid");
        return !known ? throw NoProtocol(idp, protocol)
            : accessToken == FederationSandbox.AccessToken && world.FederatedUser is { } user ? user
            : throw KeystoneFault.Unauthorized();
    }

    private SandboxUser Mapped(string accessToken, string idp, string protocol)
    {
        if (!Store.AccessTokens.TryGetValue(accessToken, out var assertion))
        {
            throw KeystoneFault.Unauthorized();
        }
        var provider = Store.FindIdentityProvider(idp) ?? throw KeystoneFault.NotFound("Identity Provider", idp);
        var tie = Store.FindProtocol(idp, protocol) ?? throw NoProtocol(idp, protocol);
        var mapping = Store.FindMapping(tie.MappingId) ?? throw KeystoneFault.NotFound("mapping", tie.MappingId);
        RequireIssuer(provider, tie, assertion);
        var mapped = Store.Evaluate!(mapping, assertion) ?? throw KeystoneFault.Unauthorized();
        if (mapped.GroupIds.Any(id => world.FindGroup(id) is null))
        {
            throw new KeystoneFault(500, "An unexpected error prevented the server from fulfilling your request.");
        }
        var byName = mapped.GroupNames.Select(g => world.FindGroup(g.Name, DomainId(g.Domain))?.Id).OfType<string>();
        var user = Shadow(provider, protocol, mapped);
        world.LogIn(user.Id, [.. mapped.GroupIds.Concat(byName).Distinct()], provider.AuthorizationTtl);
        return user;
    }

    private string? DomainId(string idOrName) =>
        (world.FindDomain(idOrName) ?? world.Domains.FirstOrDefault(d => CloudWorld.SameName(d.Name, idOrName)))?.Id;

    private static void RequireIssuer(
        SandboxIdentityProvider provider,
        SandboxProtocol protocol,
        IReadOnlyDictionary<string, string> assertion
    )
    {
        if (!provider.Enabled)
        {
            throw new KeystoneFault(403, "You are not authorized to perform the requested action.");
        }
        if (provider.RemoteIds.Count == 0)
        {
            return;
        }
        if (!assertion.TryGetValue(protocol.RemoteIdAttribute ?? Issuer, out var issuer))
        {
            throw KeystoneFault.Unauthorized();
        }
        if (!provider.RemoteIds.Contains(issuer))
        {
            throw new KeystoneFault(403, "You are not authorized to perform the requested action.");
        }
    }

    /// <summary>The user that Keystone keeps for somebody from outside, made at the first login.</summary>
    private SandboxUser Shadow(SandboxIdentityProvider provider, string protocol, SandboxMappedUser mapped)
    {
        var login = new SandboxFederatedId(provider.Id, protocol, mapped.UniqueId);
        var user = world.Users.FirstOrDefault(u => u.Federated.Contains(login));
        user = (
            user
            ?? new SandboxUser
            {
                Id = Convert.ToHexStringLower(
                    SHA256.HashData(Encoding.UTF8.GetBytes($"{provider.DomainId} {login.UniqueId}"))
                ),
                Name = mapped.Name,
                DomainId = provider.DomainId,
                Federated = [login],
            }
        ) with
        {
            Name = mapped.Name,
            Email = mapped.Email ?? user?.Email,
        };
        world.Put(user);
        return user;
    }

    private static KeystoneFault NoProtocol(string idp, string protocol) =>
        new(404, $"Could not find federated protocol {protocol} for Identity Provider: {idp}.");
}
