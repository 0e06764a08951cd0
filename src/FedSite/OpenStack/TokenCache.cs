using System.Collections.Concurrent;

namespace FedSite.OpenStack;

/// <summary>One token a scope, in memory, renewed before it ends. Many may ask at once; one request is made.</summary>
internal sealed class TokenCache(CloudCredentials credentials, Authenticator authenticator, TimeProvider time)
    : IDisposable
{
    private readonly ConcurrentDictionary<TokenScope, Slot> _slots = new();

    /// <exception cref="OpenStackException">Keystone refused.</exception>
    public Task<Token> GetAsync(TokenScope scope, CancellationToken ct) => GetAsync(scope, refused: null, ct);

    /// <summary>A token other than <paramref name="refused"/>, which a service did not accept.</summary>
    public async Task<Token> GetAsync(TokenScope scope, Token? refused, CancellationToken ct)
    {
        var slot = _slots.GetOrAdd(Reuse(scope), static _ => new Slot());
        await slot.Gate.WaitAsync(ct);
        try
        {
            if (slot.Token is not { } token || token == refused || !token.IsFresh(time.GetUtcNow()))
            {
                slot.Token = token = await RenewAsync(scope, ct);
            }
            Check(token, scope);
            return token;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var slot in _slots.Values)
        {
            slot.Gate.Dispose();
        }
    }

    /// <summary>The configured scope may be just the project that is asked for.</summary>
    private TokenScope Reuse(TokenScope scope)
    {
        if (
            credentials.AuthType == AuthType.ApplicationCredential
            || (scope == TokenScope.System && credentials.SystemScope)
        )
        {
            return TokenScope.Configured;
        }
        var configured = _slots.TryGetValue(TokenScope.Configured, out var slot) ? slot.Token : null;
        return scope.ProjectId is { } id && configured?.Document.Project?.Id == id ? TokenScope.Configured : scope;
    }

    private async Task<Token> RenewAsync(TokenScope scope, CancellationToken ct)
    {
        if (!authenticator.IsFederated || scope == TokenScope.Unscoped)
        {
            return await authenticator.LogInAsync(scope, ct);
        }
        var unscoped = await GetAsync(TokenScope.Unscoped, ct);
        try
        {
            return await authenticator.RescopeAsync(unscoped.Secret, scope, ct);
        }
        catch (OpenStackException e) when (e.Status is 401 or 404)
        {
            // Revoked meanwhile, perhaps; a fresh one shows whether the scope itself is refused.
            var fresh = await GetAsync(TokenScope.Unscoped, unscoped, ct);
            return await authenticator.RescopeAsync(fresh.Secret, scope, ct);
        }
    }

    private void Check(Token token, TokenScope scope)
    {
        if (
            credentials.AuthType == AuthType.ApplicationCredential
            && scope.ProjectId is { } wanted
            && token.Document.Project?.Id is var own
            && own != wanted
        )
        {
            throw new OpenStackException(
                $"The application credential is for project {own} alone and gives no access to project {wanted}",
                "Make one application credential a project, or use an account with a password.",
                ServiceNames.Identity,
                credentials.AuthUrl
            );
        }
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public Token? Token { get; set; }
    }
}
