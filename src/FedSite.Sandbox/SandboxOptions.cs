using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox;

/// <summary>What the pretended federation looks like. The same options give the same content.</summary>
public sealed record SandboxOptions
{
    /// <summary>Projects that belong to a VO (property <c>egi.VO</c>).</summary>
    public int Projects { get; init; } = 3;

    /// <summary>Further projects, with tag <c>caso</c> but without a VO.</summary>
    public int ProjectsWithoutVo { get; init; }

    /// <summary>Servers of the whole cloud, spread evenly over all projects; about three in ten are deleted ones.</summary>
    public long Servers { get; init; } = 60;

    public int UsersPerProject { get; init; } = 4;

    /// <summary>Of four volumes one is attached, one free, one without a name and one attached to two servers.</summary>
    public int VolumesPerProject { get; init; } = 4;

    /// <summary>
    /// Flavors that are listed. Those beyond the first twelve are plain ones but for each tenth, which is for ARM, and
    /// each tenth that has half a GPU; fewer than twelve are not to be had.
    /// </summary>
    public int Flavors { get; init; } = 12;

    /// <summary>Images of the project <c>admin</c>: of ten nine are public and one is a community image.</summary>
    public int Images { get; init; } = 30;

    /// <summary>
    /// Images that the registry's common project offers: the first three are Debian, Ubuntu and Alpine; the others are
    /// versions of twenty more.
    /// </summary>
    public int RegistryImages { get; init; } = 3;

    public long Seed { get; init; } = 1;

    /// <summary>Added to each answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Its time at the start is "now" for all content; tokens expire by it.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Newest compute microversion, the number after <c>2.</c>: 25 is Mitaka, 93 is Zed.</summary>
    public int ComputeMicroversion { get; init; } = 93;

    /// <summary>
    /// Nova takes its limits from Keystone: setting its quotas is answered well and does nothing. Glance always does.
    /// </summary>
    public bool ComputeUnifiedLimits { get; init; }

    /// <summary>
    /// Most servers or volumes in one page: Nova's <c>[api] max_limit</c> and Cinder's <c>osapi_max_limit</c>.
    /// </summary>
    public int MaxLimit { get; init; } = 1000;

    /// <summary>Gives the user <c>accounting</c> the role <c>reader</c> with system scope.</summary>
    public bool AccountingReadsSystem { get; init; }

    /// <summary>
    /// Gives the user <c>accounting</c> the role <c>accounting</c>, which may read any user and project.
    /// </summary>
    public bool AccountingRole { get; init; } = true;

    /// <summary>Serves HTTPS with this certificate and its key; plain HTTP without.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>
    /// Folder for certificates. With it the federation has a test authority, a host certificate, a messaging service that
    /// knows the host, and an OpenID provider that the web server before Keystone trusts; without it, the cloud alone.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Keystone's port; Nova, Glance, Neutron, Cinder, AMS, its token service, the OpenID provider, GOCDB, Swift, the
    /// store and the registry take the next eleven. 0 means free ones.
    /// </summary>
    public int FirstPort { get; init; }
}
