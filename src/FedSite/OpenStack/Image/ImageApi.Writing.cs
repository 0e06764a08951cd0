using System.Buffers;
using System.Text.Json;

namespace FedSite.OpenStack.Image;

public sealed partial class ImageApi
{
    private const string PatchType = "application/openstack-images-v2.1-json-patch";

    /// <returns>Null: there is none, or the scope does not see it. Hidden images are found.</returns>
    /// <exception cref="OpenStackException">Glance refused, or did not answer.</exception>
    public async Task<CloudImage?> FindImageAsync(TokenScope scope, string id, CancellationToken ct)
    {
        try
        {
            var url = await ImageUrlAsync(scope, id, "", ct);
            return await _session.GetAsync(ServiceNames.Image, scope, url, ImageJson.Default.CloudImage, ct);
        }
        catch (OpenStackException e) when (IsGone(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Makes an image without content, of status <c>queued</c>.
    /// https://docs.openstack.org/api-ref/image/v2/#create-image
    /// </summary>
    /// <exception cref="ImageExistsException">The id is taken, perhaps by an earlier try of this very request.</exception>
    /// <exception cref="OpenStackException">
    /// It is not made. Status 403: this visibility or a key is not allowed; 413: too many properties, tags or images.
    /// </exception>
    public async Task<CloudImage> CreateImageAsync(TokenScope scope, NewImage image, CancellationToken ct)
    {
        var url = Url(await _session.EndpointAsync(ServiceNames.Image, scope, ct), "images");
        var request = new CloudRequest(ServiceNames.Image, HttpMethod.Post, url) { Body = Json(image.Write) };
        try
        {
            return await _session.SendAsync(request, scope, ImageJson.Default.CloudImage, ct);
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 409 })
        {
            throw new ImageExistsException(e, image.Id, await FindImageAsync(scope, image.Id, ct));
        }
    }

    /// <summary>
    /// All changes or none. Removing what is not there is done already.
    /// https://docs.openstack.org/api-ref/image/v2/#update-image
    /// </summary>
    /// <returns>The image as it is now.</returns>
    /// <exception cref="OpenStackException">
    /// Nothing changed. Status 403: a key is read-only, or the image is another project's; 404: it is gone.
    /// </exception>
    public async Task<CloudImage> UpdateImageAsync(
        TokenScope scope,
        string id,
        IReadOnlyList<ImageChange> changes,
        CancellationToken ct
    )
    {
        try
        {
            return await PatchAsync(scope, id, changes, ct);
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 409 })
        {
            if (await FindImageAsync(scope, id, ct) is not { } image)
            {
                throw;
            }
            var left = changes.Where(c => !c.IsRemoval || image.Properties.ContainsKey(c.Key)).ToList();
            if (left.Count == changes.Count)
            {
                throw;
            }
            return left.Count == 0 ? image : await PatchAsync(scope, id, left, ct);
        }
    }

    /// <summary>What is gone already is gone. https://docs.openstack.org/api-ref/image/v2/#delete-image</summary>
    /// <exception cref="OpenStackException">
    /// It stays. Status 403: it is protected, or another project's; 409: it is in use.
    /// </exception>
    public async Task DeleteImageAsync(TokenScope scope, string id, CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, await ImageUrlAsync(scope, id, "", ct), scope, body: null, ct);
        }
        catch (OpenStackException e) when (IsGone(e))
        {
            // An earlier try of this request did it, or somebody else.
        }
    }

    private async Task<CloudImage> PatchAsync(
        TokenScope scope,
        string id,
        IReadOnlyList<ImageChange> changes,
        CancellationToken ct
    )
    {
        var body = Json(json =>
        {
            json.WriteStartArray();
            foreach (var change in changes)
            {
                change.Write(json);
            }
            json.WriteEndArray();
        });
        var url = await ImageUrlAsync(scope, id, "", ct);
        var request = new CloudRequest(ServiceNames.Image, HttpMethod.Patch, url)
        {
            Body = body,
            ContentType = PatchType,
        };
        return await _session.SendAsync(request, scope, ImageJson.Default.CloudImage, ct);
    }

    private async Task SendAsync(HttpMethod method, Uri url, TokenScope scope, byte[]? body, CancellationToken ct)
    {
        var request = new CloudRequest(ServiceNames.Image, method, url) { Body = body };
        (await _session.SendAsync(request, scope, ct)).Dispose();
    }

    /// <param name="rest">Of the path, behind the image.</param>
    private async Task<Uri> ImageUrlAsync(TokenScope scope, string id, string rest, CancellationToken ct) =>
        Url(await _session.EndpointAsync(ServiceNames.Image, scope, ct), $"images/{Uri.EscapeDataString(id)}{rest}");

    private static bool IsGone(OpenStackException e) => e is { Service: ServiceNames.Image, Status: 404 };

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }
}
