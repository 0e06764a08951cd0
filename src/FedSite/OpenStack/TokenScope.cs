namespace FedSite.OpenStack;

/// <summary>What a token is good for.</summary>
public readonly record struct TokenScope
{
    private TokenScope(ScopeKind kind, string? projectId)
    {
        Kind = kind;
        ProjectId = projectId;
    }

    /// <summary>As the credentials say: system, a project, a domain, or nothing.</summary>
    public static TokenScope Configured { get; } = new(ScopeKind.Configured, projectId: null);

    /// <summary>Nothing: enough to list one's own projects.</summary>
    public static TokenScope Unscoped { get; } = new(ScopeKind.Unscoped, projectId: null);

    /// <summary>The whole cloud: some lists of Keystone are whole in this scope alone. Needs a role on the system.</summary>
    public static TokenScope System { get; } = new(ScopeKind.System, projectId: null);

    /// <summary>Set for the scope of one project.</summary>
    public string? ProjectId { get; }

    internal ScopeKind Kind { get; }

    public static TokenScope Project(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new(ScopeKind.Project, id);
    }

    public override string ToString() => Kind == ScopeKind.Project ? $"project {ProjectId}" : Kind.ToString();
}

internal enum ScopeKind
{
    Configured,
    Unscoped,
    Project,
    System,
}
