namespace FedSite.OpenStack.Compute;

public sealed partial class ComputeApi
{
    /// <summary>
    /// Whether servers were made from an image and not deleted since, in whatever state: shelved and failed ones count.
    /// https://docs.openstack.org/api-ref/compute/#list-servers
    /// </summary>
    /// <param name="scope">Whose servers.</param>
    /// <param name="imageId">Nova does not look whether there is such an image.</param>
    /// <param name="allProjects">Those of all projects, which needs the role admin.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="OpenStackException">Status 403: the account may not see those of all projects.</exception>
    /// <remarks>A server that was started from a volume uses no image, whatever the volume was made from.</remarks>
    public async Task<bool> IsImageUsedAsync(TokenScope scope, string imageId, bool allProjects, CancellationToken ct)
    {
        var version = await NegotiateVersionAsync(scope, ct);
        var all = allProjects ? "&all_tenants=1" : "";
        var query = $"limit=1&image={Uri.EscapeDataString(imageId)}{all}";
        var url = new Uri($"{await BaseAsync(scope, ct)}/servers?{query}");
        var body = await _session.GetAsync(
            ServiceNames.Compute,
            scope,
            url,
            ComputeJson.Default.BriefServersBody,
            ct,
            version.Headers
        );
        return body.Servers.Count > 0;
    }
}
