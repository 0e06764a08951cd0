using FedSite.Sandbox;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Images.Sync;

/// <summary>What a run has to do.</summary>
internal enum SyncTask
{
    Add,
    Replace,
    Hide,
    Remove,
}

/// <summary>A request of such a run that can be made to fail.</summary>
/// <param name="Name">For the matrix.</param>
/// <param name="When">Tells the request from others.</param>
internal sealed record SyncCall(string Name, SandboxService Service, Func<SyncSite, HttpRequest, bool> When)
{
    /// <summary>Runs in which it is made to fail: what all of them do alike fails in one of them.</summary>
    public IReadOnlyList<SyncTask> Tasks { get; init; } = [SyncTask.Replace];

    /// <summary>It changes something.</summary>
    public bool Writes { get; init; }

    public override string ToString() => Name;

    public static IReadOnlyList<SyncCall> All { get; } =
    [
        new("token", SandboxService.Keystone, (_, r) => Is(r, "POST", "/v3/auth/tokens")),
        new("own projects", SandboxService.Keystone, (_, r) => Is(r, "GET", "/v3/auth/projects")),
        Registry("ping", r => r.Path.Value!.EndsWith("/ping", StringComparison.Ordinal)),
        Registry("repositories", r => r.Path.Value!.EndsWith("/repositories", StringComparison.Ordinal)),
        Registry("artefacts", r => r.Path.Value!.EndsWith("/artifacts", StringComparison.Ordinal)) with
        {
            Tasks = [SyncTask.Replace, SyncTask.Hide],
        },
        Registry("manifest", r => r.Path.Value!.Contains("/manifests/", StringComparison.Ordinal)),
        Registry("content", r => r.Path.Value!.Contains("/blobs/", StringComparison.Ordinal)),
        Glance("visible images", "GET", [], r => r.Query["os_hidden"] == "false") with
        {
            Tasks = [SyncTask.Replace, SyncTask.Hide],
        },
        Glance("hidden images", "GET", [], r => r.Query["os_hidden"] == "true") with
        {
            Tasks = [SyncTask.Replace, SyncTask.Remove],
        },
        Glance("members", "GET", ["", "members"]),
        Glance("new image", "POST", []) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
        },
        Glance("upload", "PUT", ["", "file"]) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
        },
        Glance("its sum", "GET", [""]) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
        },
        Glance("publication", "PATCH", [""]) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
            When = (site, r) => IsGlance(r, "PATCH", [""]) && !IsOfOld(site, r),
        },
        Glance("new member", "POST", ["", "members"]) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
        },
        Glance("acceptance", "PUT", ["", "members", ""]) with
        {
            Tasks = [SyncTask.Add, SyncTask.Replace],
        },
        Glance("hiding", "PATCH", [""]) with
        {
            Tasks = [SyncTask.Replace, SyncTask.Hide],
            When = (site, r) => IsGlance(r, "PATCH", [""]) && IsOfOld(site, r),
        },
        new("servers", SandboxService.Nova, (_, r) => r.Path.Value!.Contains("/servers", StringComparison.Ordinal))
        {
            Tasks = [SyncTask.Remove],
        },
        Glance("deletion", "DELETE", [""]) with
        {
            Tasks = [SyncTask.Remove],
        },
    ];

    private static SyncCall Registry(string name, Func<HttpRequest, bool> when) =>
        new(name, SandboxService.Registry, (_, request) => when(request));

    /// <param name="path">Behind <c>/v2/images</c>; an empty part is any.</param>
    private static SyncCall Glance(string name, string method, string[] path, Func<HttpRequest, bool>? when = null) =>
        new(
            name,
            SandboxService.Glance,
            (_, request) => IsGlance(request, method, path) && when?.Invoke(request) != false
        )
        {
            Writes = method != "GET",
        };

    private static bool IsGlance(HttpRequest request, string method, string[] path)
    {
        var parts = request.Path.Value!.Split('/')[3..];
        return request.Method == method
            && parts.Length == path.Length
            && parts.Zip(path).All(pair => pair.Second.Length == 0 || pair.First == pair.Second);
    }

    /// <summary>Of an image that users have seen already.</summary>
    private static bool IsOfOld(SyncSite site, HttpRequest request) =>
        site.Images.Any(image =>
            request.Path.Value!.EndsWith(image.Id, StringComparison.Ordinal)
            && image.Properties.ContainsKey("fedsite_sha512")
        );

    private static bool Is(HttpRequest request, string method, string path) =>
        request.Method == method && request.Path.Value!.Equals(path, StringComparison.Ordinal);
}
