using System.Buffers;
using System.Security.Cryptography;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Glance
{
    private const string BinaryType = "application/octet-stream";
    private const int ReadBytes = 256 << 10;

    private static Task DownloadAsync(HttpContext context, SandboxImage image) =>
        image.HasData
            ? Answers.BytesAsync(
                context,
                200,
                BinaryType,
                image.Content ?? throw new GlanceFault(410, "The sandbox has not kept the content of this image.")
            )
            : DoneAsync(context);

    /// <summary>
    /// Refuses before it reads what it can refuse by the head. A connection that breaks and an image that is too large
    /// take the image back to <c>queued</c>.
    /// </summary>
    private async Task UploadAsync(HttpContext context, Token token, string id)
    {
        if (context.Request.ContentType != BinaryType)
        {
            throw new GlanceFault(
                415,
                $"The request media type {context.Request.ContentType} is not supported by this server."
            );
        }
        CheckUpload(token.Project?.Id ?? "");
        var image = Visible(token, id);
        if (!Owns(token, image))
        {
            throw new GlanceFault(403, $"Not allowed to upload image data for image {id}");
        }
        if (image is { DiskFormat: null } or { ContainerFormat: null })
        {
            throw new GlanceFault(400, "Properties disk_format, container_format must be set prior to saving data.");
        }
        if (image.Status != "queued")
        {
            throw WrongState(image);
        }
        var left = StorageLeft(image.OwnerId);
        CheckStorage(context.Request.ContentLength ?? 0, left);
        Change(id, before => before.Status == "queued" ? before with { Status = "saving" } : throw WrongState(before));
        var received = await TryReceiveAsync(context, id, left);
        if (received is null)
        {
            world.ChangeImage(id, before => before with { Status = "queued" });
            context.Abort();
            return;
        }
        if (world.ChangeImage(id, before => received(before) with { Status = "active", Updated = Now }) is null)
        {
            throw new GlanceFault(410, $"Image {id} could not be found after upload. The image may have been deleted.");
        }
        await DoneAsync(context);
    }

    private static GlanceFault WrongState(SandboxImage image) =>
        new(409, $"Image status transition from {image.Status} to saving is not allowed");

    private long StorageLeft(string owner) =>
        world.ImageTerms.StorageBytes is { } most
            ? most - world.Images.Where(i => i.OwnerId == owner && i.HasData).Sum(i => i.Size)
            : long.MaxValue;

    private static void CheckStorage(long size, long left)
    {
        if (size > left)
        {
            throw new GlanceFault(
                413,
                $"Image exceeds the storage quota: The size of the data {size} will exceed the limit. {left} bytes remaining."
            );
        }
    }

    /// <returns>What the content makes of the image; null: the connection broke.</returns>
    private async Task<Func<SandboxImage, SandboxImage>?> TryReceiveAsync(HttpContext context, string id, long left)
    {
        try
        {
            return await ReceiveAsync(context, id, left);
        }
        catch (Exception e)
            when (e
                    is BadHttpRequestException
                        or ConnectionAbortedException
                        or OperationCanceledException
                        or IOException
            )
        {
            return null;
        }
    }

    private async Task<Func<SandboxImage, SandboxImage>> ReceiveAsync(HttpContext context, string id, long left)
    {
        Unlimit(context);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var kept = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        var size = 0L;
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            size += count;
            if (size > world.ImageTerms.SizeCap)
            {
                world.ChangeImage(id, image => image with { Status = "queued" });
                throw new GlanceFault(413, "The incoming image is too large: The provided image is too large.");
            }
            sha512.AppendData(buffer, 0, count);
            md5.AppendData(buffer, 0, count);
            if (size <= world.ImageTerms.KeptBytes)
            {
                await kept.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            }
            world.ImageTerms.Received(id, size);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        CheckStorage(size, left);
        var sums = (Convert.ToHexStringLower(sha512.GetCurrentHash()), Convert.ToHexStringLower(md5.GetCurrentHash()));
        var content = size <= world.ImageTerms.KeptBytes ? (ReadOnlyMemory<byte>?)kept.ToArray() : null;
        return image => image with { Size = size, Sha512 = sums.Item1, Md5 = sums.Item2, Content = content };
    }

    /// <summary>Images are large, and may come slowly.</summary>
    private static void Unlimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
