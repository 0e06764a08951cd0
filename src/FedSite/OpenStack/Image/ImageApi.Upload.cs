using System.Globalization;

namespace FedSite.OpenStack.Image;

public sealed partial class ImageApi
{
    /// <summary>
    /// Gives a queued image its content, which makes it active. Sent once, and only when Glance asks for it, so that a
    /// refusal comes before the first byte. https://docs.openstack.org/api-ref/image/v2/#upload-binary-image-data
    /// </summary>
    /// <param name="length">Bytes; null: not known, and then Glance finds out at the end that a quota is used up.</param>
    /// <param name="write">
    /// Writes the content, best in pieces of 1 MiB, and returns after the last byte. It is called once at most. When it
    /// throws, the connection is cut, Glance takes the image back to <c>queued</c>, and the exception is thrown from
    /// here. A write that throws <see cref="FedSiteException"/> means that Glance wants no more: let it through.
    /// </param>
    /// <exception cref="OpenStackException">
    /// The image has no content. Status 403: it is another project's; 404 and 410: it is gone; 409: it has content, or
    /// somebody else uploads it; 413: beyond a quota. It is <c>queued</c> again, mostly; when a quota was found used up at
    /// the end, or Glance was restarted, it stays <c>saving</c> for ever and can only be deleted.
    /// </exception>
    public async Task UploadAsync(
        TokenScope scope,
        string id,
        long? length,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken ct
    )
    {
        var url = await ImageUrlAsync(scope, id, "/file", ct);
        var request = new CloudRequest(ServiceNames.Image, HttpMethod.Put, url)
        {
            ContentType = "application/octet-stream",
            Headers = length is { } bytes
                ? [new("x-openstack-image-size", bytes.ToString(CultureInfo.InvariantCulture))]
                : [],
        };
        (await _session.UploadAsync(request, new UploadBody(length, write), scope, ct)).Dispose();
    }
}
