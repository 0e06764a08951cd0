namespace FedSite.Federation.Catchall;

/// <summary>
/// What the federation's central operations ("catch-all") know of a site: one file a Keystone endpoint, as
/// https://github.com/EGI-Federation/fedcloud-catchall-operations keeps them in <c>sites/</c>.
/// </summary>
public sealed record CatchallSite
{
    /// <summary>Key <c>gocdb</c>: the site's name in GOCDB.</summary>
    public required string Name { get; init; }

    /// <summary>Keystone's URL, letter by letter as in GOCDB.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Authentication method, as keystoneauth calls it; null: the operations' own choice.</summary>
    public string? Auth { get; init; }

    /// <summary>Null: the only one.</summary>
    public string? Region { get; init; }

    /// <summary>Protocol in Keystone; null: <c>openid</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>The operations put images into the cloud.</summary>
    public bool SyncImages { get; init; }

    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>The operations extract usage records; null: not said, which is no.</summary>
    public bool? Accounting { get; init; }

    /// <summary>Site name in those records; null: <see cref="Name"/>.</summary>
    public string? AccountingSite { get; init; }

    /// <summary>Each VO once.</summary>
    public IReadOnlyList<CatchallVo> Vos { get; init; } = [];
}

/// <summary>A VO at the site.</summary>
/// <param name="ProjectId">Null: the credentials of the operations lead to it.</param>
/// <param name="Region">Null: the site's.</param>
public sealed record CatchallVo(string Name, string? ProjectId, string? Region = null);
