namespace FedSite.OpenStack.Image;

/// <summary>Glance has, or had, an image of the id that a new one was to get. Its status is 409.</summary>
public sealed class ImageExistsException : OpenStackException
{
    internal ImageExistsException(OpenStackException refusal, string id, CloudImage? image)
        : base(
            image is null
                ? $"Glance has no image {id}, and makes none of this id: one that was deleted had it ({refusal.Message})"
                : $"Glance has image {id} already, with status {image.Status} ({refusal.Message})",
            image is null ? "Choose another id." : "Use the image that is there, or delete it.",
            refusal.Service,
            refusal.Url,
            refusal.Status,
            refusal.RequestId,
            refusal
        ) => Image = image;

    /// <summary>
    /// The one that is there; an earlier try of the same request may have made it. Null: it was deleted, or the account
    /// does not see it.
    /// </summary>
    public CloudImage? Image { get; }
}
