using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

public sealed partial class CloudWorld
{
    private readonly ConcurrentDictionary<string, SandboxImage> _images;

    // Glance's database keeps the ids of what was deleted.
    private readonly ConcurrentDictionary<string, bool> _formerImages = new(StringComparer.Ordinal);

    /// <summary>Quotas and the like.</summary>
    public ImageTerms ImageTerms { get; } = new();

    public IEnumerable<SandboxImage> Images => _images.Values.OrderBy(i => i.Id, StringComparer.Ordinal);

    public SandboxImage? FindImage(string id) => _images.GetValueOrDefault(id);

    /// <summary>Adds an image, or replaces the one with the same id.</summary>
    public void Put(SandboxImage image) => _images[image.Id] = image;

    /// <summary>Its id will not be given again.</summary>
    public void RemoveImage(string id)
    {
        _formerImages[id] = true;
        _images.TryRemove(id, out _);
    }

    /// <summary>False: there is, or was, one of this id.</summary>
    internal bool Add(SandboxImage image) => !_formerImages.ContainsKey(image.Id) && _images.TryAdd(image.Id, image);

    /// <summary>Changes the image as it is now; null: it is gone.</summary>
    internal SandboxImage? ChangeImage(string id, Func<SandboxImage, SandboxImage> change)
    {
        while (_images.TryGetValue(id, out var before))
        {
            var after = change(before);
            if (_images.TryUpdate(id, after, before))
            {
                return after;
            }
        }
        return null;
    }

    /// <summary>Whether servers that live were made from it.</summary>
    internal bool IsUsed(string imageId) =>
        Projects.Any(p =>
            List(p.Id, after: null, status => status != "DELETED", changedSince: null).Any(s => s.ImageId == imageId)
        );
}
