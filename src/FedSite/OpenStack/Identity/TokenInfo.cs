namespace FedSite.OpenStack.Identity;

/// <summary>Who a token is for and what it allows.</summary>
public sealed record TokenInfo
{
    public required string UserId { get; init; }
    public required string UserName { get; init; }

    /// <summary>Null unless scoped to a project.</summary>
    public required string? ProjectId { get; init; }
    public required string? ProjectName { get; init; }

    /// <summary>Name of that project's domain.</summary>
    public required string? ProjectDomainName { get; init; }

    /// <summary>Scoped to the whole system.</summary>
    public required bool IsSystem { get; init; }

    /// <summary>Names of the account's roles in the scope; none when unscoped.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>By Keystone's clock.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>By Keystone's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    internal static TokenInfo Of(TokenDocument token) =>
        new()
        {
            UserId = token.User.Id,
            UserName = token.User.Name,
            ProjectId = token.Project?.Id,
            ProjectName = token.Project?.Name,
            ProjectDomainName = token.Project?.Domain?.Name,
            IsSystem = token.System is not null,
            Roles = [.. token.Roles.Select(role => role?.Name ?? "")],
            IssuedAt = token.IssuedAt,
            ExpiresAt = token.ExpiresAt,
        };
}
