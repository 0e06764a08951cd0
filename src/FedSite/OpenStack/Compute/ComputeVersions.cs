namespace FedSite.OpenStack.Compute;

/// <param name="Newest">That Nova knows.</param>
/// <param name="Used">That requests are made with.</param>
internal sealed record SpokenVersions(Microversion Newest, Microversion Used);

/// <summary>Microversions of one Nova, asked for once; several accounts of a cloud may share this.</summary>
internal sealed class ComputeVersions : IDisposable
{
    private readonly SemaphoreSlim _negotiating = new(1, 1);
    private SpokenVersions? _spoken;

    /// <exception cref="OpenStackException">Nova is too old, or does not tell.</exception>
    public async Task<SpokenVersions> GetAsync(CloudSession session, TokenScope scope, CancellationToken ct)
    {
        await _negotiating.WaitAsync(ct);
        try
        {
            return _spoken ??= await AskAsync(session, scope, ct);
        }
        finally
        {
            _negotiating.Release();
        }
    }

    public void Dispose() => _negotiating.Dispose();

    private static async Task<SpokenVersions> AskAsync(CloudSession session, TokenScope scope, CancellationToken ct)
    {
        var url = ComputeUrls.VersionDocument(await session.EndpointAsync(ServiceNames.Compute, scope, ct));
        var body = await session.GetAsync(ServiceNames.Compute, scope, url, ComputeJson.Default.VersionBody, ct);
        var newest = Microversion.Parse(body.Version.Newest) ?? new Microversion(0);
        var oldest = Microversion.Parse(body.Version.Oldest) ?? new Microversion(0);
        if (newest.Minor < Microversion.Oldest.Minor || oldest.Minor > Microversion.Newest.Minor)
        {
            throw new OpenStackException(
                $"Nova at {url} speaks microversions {oldest} to {newest}; {Microversion.Oldest} (Mitaka) to"
                    + $" {Microversion.Newest} are understood",
                "Upgrade the cloud, or this program.",
                ServiceNames.Compute,
                url
            );
        }
        return new SpokenVersions(newest, newest.Minor < Microversion.Newest.Minor ? newest : Microversion.Newest);
    }
}
