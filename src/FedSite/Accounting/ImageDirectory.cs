using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging;

namespace FedSite.Accounting;

/// <summary>
/// Community identifiers of images (property <c>vmcatcher_event_ad_mpuri</c>). Public images are listed once a run,
/// those that only a project sees once a project; only images that have the property are kept.
/// </summary>
internal sealed partial class ImageDirectory : IDisposable
{
    private const string Property = "vmcatcher_event_ad_mpuri";

    private static readonly string[] OfProject = ["private", "shared"];

    private readonly ImageApi _images;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Dictionary<string, string>? _public;

    public ImageDirectory(ImageApi images, ILogger log)
    {
        _images = images;
        _log = log;
    }

    /// <summary>Community identifiers by image id, for the images that servers of a project may use.</summary>
    public async Task<Func<string?, string?>> ForProjectAsync(string project, CancellationToken cancel)
    {
        var everywhere = await PublicAsync(project, cancel);
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var visibility in OfProject)
        {
            await ReadAsync(project, visibility, here, cancel);
        }

        return id => id is null ? null : here.GetValueOrDefault(id) ?? everywhere.GetValueOrDefault(id) ?? id;
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Dictionary<string, string>> PublicAsync(string project, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            if (_public is null)
            {
                var read = new Dictionary<string, string>(StringComparer.Ordinal);
                await ReadAsync(project, "public", read, cancel);
                _public = read;
            }

            return _public;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task ReadAsync(
        string project,
        string visibility,
        Dictionary<string, string> into,
        CancellationToken cancel
    )
    {
        try
        {
            var query = new ImageQuery { Visibility = visibility };
            await foreach (var image in _images.ListImagesAsync(project, query, cancel))
            {
                if (
                    image.Properties.TryGetValue(Property, out var value)
                    && value.TextOrNull() is { Length: > 0 } identifier
                )
                {
                    into[image.Id] = identifier;
                }
            }
        }
        catch (OpenStackException e) when (e.Status is 403)
        {
            Log.ImagesUnreadable(_log, visibility, project);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The account may not list {Visibility} images in project {Project}: records name images by id"
        )]
        public static partial void ImagesUnreadable(ILogger log, string visibility, string project);
    }
}
