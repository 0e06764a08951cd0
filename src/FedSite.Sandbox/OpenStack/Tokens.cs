using System.Collections.Concurrent;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal enum ScopeKind
{
    Unscoped,
    Project,
    Domain,
    System,
}

/// <summary>A token that was given out.</summary>
internal sealed record Token
{
    public required string Id { get; init; }
    public required SandboxUser User { get; init; }
    public required ScopeKind Scope { get; init; }

    /// <summary>Only with project scope.</summary>
    public SandboxProject? Project { get; init; }

    /// <summary>Only with domain scope.</summary>
    public SandboxDomain? Domain { get; init; }
    public IReadOnlyList<string> Roles { get; init; } = [];
    public IReadOnlyList<string> Methods { get; init; } = [];
    public IReadOnlyList<string> AuditIds { get; init; } = [];
    public required DateTimeOffset Issued { get; init; }
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The admin of the policies of all services but Keystone: the role in whatever scope.</summary>
    public bool IsAdmin => Roles.Contains("admin");

    public bool ReadsSystem => IsAdmin || (Scope == ScopeKind.System && Roles.Contains("reader"));

    /// <summary>All users and projects, by the policy of the role <c>accounting</c> too.</summary>
    public bool SeesAll => ReadsSystem || Roles.Contains("accounting");

    public bool ReadsDomain(string? id) => id is not null && Domain?.Id == id && Roles.Contains("reader");
}

/// <summary>The valid tokens.</summary>
internal sealed class Tokens(SandboxOptions options)
{
    private readonly ConcurrentDictionary<string, Token> _tokens = new(StringComparer.Ordinal);
    private long _issued;

    public Token Issue(
        SandboxUser user,
        ScopeKind scope,
        SandboxProject? project,
        SandboxDomain? domain,
        IReadOnlyList<string> roles,
        string method,
        Token? parent
    )
    {
        var number = Interlocked.Increment(ref _issued);
        var issued = options.TimeProvider.GetUtcNow();
        var audit = Convert.ToBase64String(BitConverter.GetBytes(Mix.Of((ulong)number)))[..11];
        var token = new Token
        {
            Id = $"gAAAAA{Mix.Hex(unchecked((ulong)options.Seed), (ulong)number)}{Mix.Hex((ulong)number, 7)}",
            User = user,
            Scope = scope,
            Project = project,
            Domain = domain,
            Roles = roles,
            Methods = parent is null ? [method] : [.. parent.Methods.Prepend(method).Distinct()],
            AuditIds = parent is null ? [audit] : [audit, parent.AuditIds[^1]],
            Issued = issued,
            // A token made from a token lives no longer than that one.
            Expires = parent?.Expires ?? issued + options.TokenLifetime,
        };
        _tokens[token.Id] = token;
        return token;
    }

    /// <summary>Null when unknown, expired, or its user or project is gone.</summary>
    public Token? Find(string? id)
    {
        if (id is null || !_tokens.TryGetValue(id, out var token))
        {
            return null;
        }
        if (options.TimeProvider.GetUtcNow() < token.Expires)
        {
            return token;
        }
        _tokens.TryRemove(id, out _);
        return null;
    }

    public Token? Of(HttpRequest request) => Find(request.Headers["X-Auth-Token"]);

    /// <summary>Ends all tokens, as a restart with new keys does.</summary>
    public void RevokeAll() => _tokens.Clear();
}
