namespace FedSite.OpenStack.Image;

/// <summary>An image is shared with as many projects as Glance allows (<c>image_member_quota</c>, 128 by itself).</summary>
public sealed class ImageMemberLimitException : OpenStackException
{
    internal ImageMemberLimitException(OpenStackException refusal, string id)
        : base(
            $"Image {id} cannot be shared with more projects: {refusal.Message}",
            "Ask the cloud's operator to raise image_member_quota in glance-api.conf, or give the image another visibility.",
            refusal.Service,
            refusal.Url,
            refusal.Status,
            refusal.RequestId,
            refusal
        ) { }
}
