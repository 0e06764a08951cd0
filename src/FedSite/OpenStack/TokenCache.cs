using System.Collections.Concurrent;

namespace FedSite.OpenStack;

/// <summary>One token a scope, in memory, renewed before it ends. Many may ask; one request is made.</summary>
internal sealed class TokenCache(Authenticator authenticator, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<TokenScope, Slot> _slots = new();

    /// <exception cref="OpenStackException">Keystone refused.</exception>
    public Task<Token> GetAsync(TokenScope scope, CancellationToken ct) => GetAsync(scope, refused: null, ct);

    /// <summary>A token other than <paramref name="refused"/>, which a service did not accept.</summary>
    public async Task<Token> GetAsync(TokenScope scope, Token? refused, CancellationToken ct)
    {
        var slot = _slots.GetOrAdd(scope, static _ => new Slot());
        await slot.Gate.WaitAsync(ct);
        try
        {
            if (slot.Token is { } token && token != refused && token.IsFresh(time.GetUtcNow()))
            {
                return token;
            }
            return slot.Token = await authenticator.AuthenticateAsync(scope, unscoped: null, ct);
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

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public Token? Token { get; set; }
    }
}
