using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FedSite.Oci;

/// <summary>
/// Logs in as the registry asks for: by password, or by tokens, one for a scope, that are kept until shortly before they
/// expire.
/// </summary>
/// <param name="ask">Sends a request for a token, with these credentials.</param>
internal sealed class RegistryAccess(
    RegistryAccount account,
    TimeProvider time,
    Func<Uri, AuthenticationHeaderValue?, CancellationToken, Task<RegistryAnswer>> ask
) : IDisposable
{
    /// <summary>What the specification says of tokens that don't.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, (string Token, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);
    private volatile AuthChallenge? _known;

    private AuthenticationHeaderValue? Password { get; } =
        account is { Username: { } user, Password: { } password }
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
            : null;

    /// <summary>What to send without being asked; null: nothing yet.</summary>
    public async Task<AuthenticationHeaderValue?> FindAsync(string? scope, CancellationToken ct) =>
        scope is null ? Password
        : _known is not { } known ? null
        : known.Scheme == "basic" ? Password
        : await TokenAsync(known, scope, refused: null, ct);

    /// <summary>What to send after a 401; null: there is nothing better than what was sent.</summary>
    /// <exception cref="RegistryException">No token is to be had, or the password is not for whom it is asked by.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        IReadOnlyList<AuthChallenge> challenges,
        string? scope,
        AuthenticationHeaderValue? refused,
        CancellationToken ct
    )
    {
        if (scope is null)
        {
            return null;
        }
        if (challenges.FirstOrDefault(c => c.Scheme == "bearer" && c.Parameter("realm") is not null) is { } bearer)
        {
            var token = await TokenAsync(bearer, scope, refused, ct);
            _known = bearer;
            return token;
        }
        if (challenges.FirstOrDefault(c => c.Scheme == "basic") is { } basic && refused is null && Password is not null)
        {
            _known = basic;
            return Password;
        }
        return null;
    }

    public void Dispose() => _one.Dispose();

    private async Task<AuthenticationHeaderValue> TokenAsync(
        AuthChallenge challenge,
        string scope,
        AuthenticationHeaderValue? refused,
        CancellationToken ct
    )
    {
        await _one.WaitAsync(ct);
        try
        {
            if (
                !_tokens.TryGetValue(scope, out var kept)
                || kept.Token == refused?.Parameter
                || time.GetUtcNow() >= kept.Until
            )
            {
                kept = await FetchAsync(challenge, scope, ct);
                _tokens[scope] = kept;
            }
            return new AuthenticationHeaderValue("Bearer", kept.Token);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(string Token, DateTimeOffset Until)> FetchAsync(
        AuthChallenge challenge,
        string scope,
        CancellationToken ct
    )
    {
        var realm = Realm(challenge);
        var service = challenge.Parameter("service");
        var query =
            (service is null ? "" : $"service={Uri.EscapeDataString(service)}&")
            + $"scope={Uri.EscapeDataString(scope)}";
        var url = new UriBuilder(realm)
        {
            UserName = "",
            Password = "",
            Fragment = "",
            Query = realm.Query is ['?', _, ..] ? $"{realm.Query[1..]}&{query}" : query,
        };
        var started = time.GetUtcNow();
        using var answer = await ask(url.Uri, Password, ct);
        if (answer.Status != 200)
        {
            throw RegistryFailures.Refused(answer, account);
        }
        var body = Read(answer.Body);
        if (
            (body?.Token ?? body?.AccessToken) is not { Length: > 0 } token
            || token.AsSpan().ContainsAnyExceptInRange('!', '~')
        )
        {
            throw RegistryFailures.Nonsense(answer, "no token");
        }
        var lifetime = body!.ExpiresIn is > 0 and { } seconds
            ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
            : DefaultLifetime;
        return (token, started + (lifetime < LongestLifetime ? lifetime : LongestLifetime) - Margin);
    }

    /// <summary>
    /// Where tokens are to be had. A password goes to the registry's own host alone: the name of another one comes from
    /// the answer, and who could change an answer could collect passwords.
    /// </summary>
    private Uri Realm(AuthChallenge challenge)
    {
        var text = challenge.Parameter("realm");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || !(realm.Scheme is "https" or "http"))
        {
            throw new RegistryException(
                $"{account.Url.Authority} names no URL where tokens are to be had, but `{RegistryFailures.Plain(text)}`",
                "Check that the URL of the registry is right; else ask its operator.",
                account.Url
            );
        }
        if (account.Url.Scheme == "https" && realm.Scheme != "https")
        {
            throw new RegistryException(
                $"{account.Url.Authority} wants tokens to be fetched from {RegistryAnswer.Shown(realm)}, without TLS: refused",
                "Ask the registry's operator to correct the realm of its tokens.",
                account.Url
            );
        }
        return Password is null || realm.IdnHost == account.Url.IdnHost
            ? realm
            : throw new RegistryException(
                $"{account.Url.Authority} wants the password of {account.Username} to be sent to {realm.Authority}, another host: refused",
                $"Leave out username and password ({account.Origin}) if its images are public, or give the registry's URL with the host that gives tokens.",
                account.Url
            );
    }

    private static TokenAnswer? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OciJson.Default.TokenAnswer);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a character too, which JSON allows.
            return null;
        }
    }
}
