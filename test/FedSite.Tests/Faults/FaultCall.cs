using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Faults;

/// <summary>A request of the program that can be made to fail.</summary>
/// <param name="Name">For the matrix.</param>
/// <param name="Service">Who is asked.</param>
/// <param name="Path">A part of the URL, which an error must name.</param>
/// <param name="When">Tells the request from others.</param>
internal sealed record FaultCall(
    string Name,
    SandboxService Service,
    string Path,
    Func<FaultSite, HttpRequest, bool> When
)
{
    /// <summary>Name of the array in the answer; null: the answer is no list.</summary>
    public string? List { get; init; }

    /// <summary>Requests that look like this one and come before it in a run.</summary>
    public int Skip { get; init; }

    /// <summary>Asked for each project; only that of <see cref="FaultSite.Victim"/> fails.</summary>
    public bool OfProject { get; init; }

    /// <summary>The request is done, and only its answer goes wrong.</summary>
    public bool Done { get; init; }

    /// <summary>What to do with the site before the run.</summary>
    public Action<FaultSite> Prepare { get; init; } = _ => { };

    public override string ToString() => Name;

    /// <summary>Requests to AMS.</summary>
    public static IReadOnlyList<FaultCall> Ams { get; } =
    [
        new("token exchange", SandboxService.AmsTokens, ":authx509", Anything) { Prepare = site => site.ForgetToken() },
        new("publish", SandboxService.Ams, ":publish", Anything),
        new("publish, done", SandboxService.Ams, ":publish", Anything) { Done = true },
    ];

    /// <summary>Requests to OpenStack: one line for each that the program makes.</summary>
    public static IReadOnlyList<FaultCall> Cloud { get; } =
    [
        new("token", SandboxService.Keystone, "/v3/auth/tokens", (_, r) => r.Method == "POST"),
        // Before it come those without scope, and of the system.
        OfVictim(SandboxService.Keystone, "token of a project", "/v3/auth/tokens") with
        {
            When = (_, r) => r.Method == "POST",
            Skip = 3,
        },
        new("own projects", SandboxService.Keystone, "/v3/auth/projects", Anything) { List = "projects" },
        new("all projects", SandboxService.Keystone, "/v3/projects", Anything) { List = "projects" },
        new("domain", SandboxService.Keystone, "/v3/domains", Anything),
        OfVictim(SandboxService.Keystone, "user", "/v3/users/") with
        {
            When = (site, r) => site.Cloud.World.Servers(site.Victim.Id).Any(s => Asks(r, s)),
        },
        new("version", SandboxService.Nova, "/v2.1/", (_, r) => r.Path.Value!.Trim('/') == "v2.1"),
        OfVictim(SandboxService.Nova, "flavors", "/flavors/detail", "flavors"),
        OfVictim(SandboxService.Nova, "live servers", "/servers/detail", "servers") with
        {
            When = (site, r) => OfVictimAlone(site, r) && !Has(r, "changes-since"),
        },
        OfVictim(SandboxService.Nova, "their next page", "/servers/detail", "servers") with
        {
            When = (site, r) => OfVictimAlone(site, r) && !Has(r, "changes-since") && Has(r, "marker"),
        },
        OfVictim(SandboxService.Nova, "changed servers", "/servers/detail", "servers") with
        {
            When = (site, r) => OfVictimAlone(site, r) && Has(r, "changes-since"),
        },
        new("public images", SandboxService.Glance, "/v2/images", (_, r) => r.Query["visibility"] == "public")
        {
            List = "images",
        },
        OfVictim(SandboxService.Glance, "images of a project", "/v2/images", "images") with
        {
            When = (site, r) => OfVictimAlone(site, r) && r.Query["visibility"] != "public",
        },
        OfVictim(SandboxService.Neutron, "floating addresses", "/v2.0/floatingips", "floatingips"),
        OfVictim(SandboxService.Neutron, "networks", "/v2.0/networks", "networks"),
        OfVictim(SandboxService.Neutron, "ports", "/v2.0/ports", "ports"),
        OfVictim(SandboxService.Cinder, "volumes", "/volumes/detail", "volumes"),
    ];

    /// <summary>The fault, on this call of a site.</summary>
    public SandboxFault Of(FaultSite site, SandboxFault fault)
    {
        var seen = 0;
        return fault with
        {
            Service = Service,
            Done = Done,
            Stalled = site.Time.RunOut,
            When = request =>
                request.Path.Value!.Contains(Path.TrimEnd('/'), StringComparison.Ordinal)
                && When(site, request)
                && Interlocked.Increment(ref seen) > Skip,
        };
    }

    /// <summary>An error that this call met says which it was.</summary>
    public bool IsNamedBy(string complaint, FaultSite site, FaultCase fault)
    {
        var ams = site.Messaging.Ams;
        return Service switch
        {
            SandboxService.Ams or SandboxService.AmsTokens => (
                (string[])["AMS", "topic", $":{ams.Port}", $":{ams.AuthPort}"]
            ).Any(word => complaint.Contains(word, StringComparison.Ordinal)),
            _ => complaint.Contains(Service.ToString(), StringComparison.Ordinal)
                // A service that has gone away is missed by whatever is asked next.
                && (fault.Fault.Kind is FaultKind.Refuse || complaint.Contains(Path, StringComparison.Ordinal)),
        };
    }

    private static FaultCall OfVictim(SandboxService service, string name, string path, string? list = null) =>
        new(name, service, path, OfVictimAlone) { OfProject = true, List = list };

    private static bool OfVictimAlone(FaultSite site, HttpRequest request) =>
        site.Cloud.ProjectOf(request) == site.Victim.Id;

    private static bool Anything(FaultSite site, HttpRequest request) => true;

    private static bool Has(HttpRequest request, string key) => request.Query.ContainsKey(key);

    private static bool Asks(HttpRequest request, SandboxServer server) =>
        request.Path.Value!.EndsWith(server.UserId, StringComparison.Ordinal);
}
