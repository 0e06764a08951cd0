using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace FedSite.OpenStack.Image;

/// <summary>Glance.</summary>
public sealed partial class ImageApi
{
    /// <summary>Glance cuts it to its own <c>api_limit_max</c> (default 1000).</summary>
    private const int PageSize = 1000;

    private readonly CloudSession _session;
    private readonly ILogger _logger;

    internal ImageApi(CloudSession session, ILogger logger)
    {
        _session = session;
        _logger = logger;
    }

    /// <summary>
    /// Images that a project sees. https://docs.openstack.org/api-ref/image/v2/#list-images
    /// </summary>
    /// <remarks>
    /// The owner filter with this project lists all images that it has, private, shared, community and public ones, in one
    /// request; with another project, community images are left out unless visibility asks for them. Visibility
    /// <c>shared</c> lists the project's own shared images, whatever <c>member_status</c> says, and those of others that
    /// the project answered so. Hidden images are in lists of hidden ones alone. To an account with role admin, in
    /// whatever project, none of this limits anything: it sees the private and shared images of all projects, and
    /// <c>member_status</c> has no effect, so that only the owner filter tells whose they are.
    /// </remarks>
    public IAsyncEnumerable<CloudImage> ListImagesAsync(string projectId, ImageQuery query, CancellationToken ct) =>
        ListImagesAsync(TokenScope.Project(projectId), query, ct);

    /// <summary>As <see cref="ListImagesAsync(string, ImageQuery, CancellationToken)"/>, seen with a token of any scope.</summary>
    public async IAsyncEnumerable<CloudImage> ListImagesAsync(
        TokenScope scope,
        ImageQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var endpoint = await _session.EndpointAsync(ServiceNames.Image, scope, ct);
        var url = Url(endpoint, $"images?limit={PageSize}{query.ToQuery()}");
        var list = new PagedList(ServiceNames.Image, scope, url, "images");
        await foreach (var listed in _session.ListAsync(list, ImageJson.Default.CloudImage, ct))
        {
            if (listed.Item is { } image)
            {
                yield return image;
            }
            else
            {
                LogUnreadable(_logger, scope, listed.Fault);
            }
        }
    }

    /// <summary>The catalog's endpoint has mostly no version.</summary>
    private static Uri Url(Uri endpoint, string path)
    {
        var root = endpoint.AbsoluteUri.TrimEnd('/');
        return new Uri(root.EndsWith("/v2", StringComparison.Ordinal) ? $"{root}/{path}" : $"{root}/v2/{path}");
    }

    [LoggerMessage(10, LogLevel.Warning, "Glance lists an image to {Scope} that is not understood: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, TokenScope scope, string? fault);
}
