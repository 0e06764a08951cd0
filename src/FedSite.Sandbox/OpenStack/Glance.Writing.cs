using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>As Zed without the newer defaults of its policy: whoever has a role in a project may write its images.</remarks>
internal sealed partial class Glance
{
    private static readonly string[] PatchTypes =
    [
        "application/openstack-images-v2.1-json-patch",
        "application/openstack-images-v2.0-json-patch",
    ];

    private DateTimeOffset Now => options.TimeProvider.GetUtcNow();

    private async Task CreateAsync(HttpContext context, Token token)
    {
        using var body = await ReadJsonAsync(context);
        if (body.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new GlanceFault(400, "Malformed JSON in request body.");
        }
        var image = Draft(body.RootElement, token);
        Check(image, token, before: null);
        CheckCount(image.OwnerId);
        if (!world.Add(image))
        {
            throw new GlanceFault(409, $"Image ID {image.Id} already exists!");
        }
        context.Response.Headers.Location = $"{Answers.Origin(context.Request)}/v2/images/{image.Id}";
        context.Response.Headers["OpenStack-image-import-methods"] = "glance-direct,web-download,copy-image";
        await ImageAsync(context, 201, image);
    }

    private SandboxImage Draft(JsonElement body, Token token)
    {
        var owner = token.Project?.Id ?? "";
        var image = new SandboxImage
        {
            Id = Guid.CreateVersion7().ToString(),
            Name = "",
            OwnerId = owner,
            Visibility = "shared",
            Status = "queued",
            DiskFormat = null,
            ContainerFormat = null,
            MinDisk = 0,
            Size = 0,
            Created = Now,
        };
        foreach (var property in body.EnumerateObject())
        {
            if (property.Name == "id")
            {
                image = image with { Id = Id(property.Value) };
                continue;
            }
            image = ImageDraft.Set(image, property.Name, property.Value);
        }
        return image.OwnerId == owner || token.IsAdmin
            ? image
            : throw new GlanceFault(403, $"You are not permitted to create images owned by '{image.OwnerId}'.");
    }

    private static string Id(JsonElement value)
    {
        var id = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return Guid.TryParseExact(id, "D", out _)
            ? id
            : throw new GlanceFault(
                400,
                $"Provided object does not match schema 'image': '{id}' does not match '^([0-9a-fA-F]){{8}}-'…"
            );
    }

    /// <summary>What depends on who asks, and quotas.</summary>
    private void Check(SandboxImage image, Token token, SandboxImage? before)
    {
        if (image.Visibility == "public" && before?.Visibility != "public" && !token.IsAdmin)
        {
            throw new GlanceFault(403, "You are not authorized to complete publicize_image action.");
        }
        CheckQuota("tags", image.Tags.Count, world.ImageTerms.Tags);
        CheckQuota("properties", image.Properties.Count, world.ImageTerms.Properties);
    }

    private static void CheckQuota(string what, int count, int most)
    {
        if (count > most)
        {
            throw new GlanceFault(
                413,
                $"The limit has been exceeded on the number of allowed image {what}. Attempted: {count}, Maximum: {most}"
            );
        }
    }

    private async Task UpdateAsync(HttpContext context, Token token, string id)
    {
        if (!PatchTypes.Contains(context.Request.ContentType?.Split(';')[0]))
        {
            throw new GlanceFault(
                415,
                $"The request media type {context.Request.ContentType} is not supported by this server."
            );
        }
        using var body = await ReadJsonAsync(context);
        if (body.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new GlanceFault(400, "Request body must be a JSON array of operation objects.");
        }
        if (!Owns(token, Visible(token, id)))
        {
            throw new GlanceFault(403, "You do not own this image");
        }
        var image =
            world.ChangeImage(id, before => Patched(before, body.RootElement, token))
            ?? throw new GlanceFault(404, $"No image found with ID {id}");
        await ImageAsync(context, 200, image);
    }

    private SandboxImage Patched(SandboxImage before, JsonElement operations, Token token)
    {
        var image = before;
        foreach (var operation in operations.EnumerateArray())
        {
            image = Apply(image, operation, token);
        }
        Check(image, token, before);
        return image with { Updated = Now };
    }

    private static SandboxImage Apply(SandboxImage image, JsonElement operation, Token token)
    {
        if (
            operation.ValueKind != JsonValueKind.Object
            || !operation.TryGetProperty("op", out var op)
            || !operation.TryGetProperty("path", out var path)
            || path.GetString() is not ['/', ..] pointer
        )
        {
            throw new GlanceFault(400, "Unable to find 'op' in JSON Schema change.");
        }
        var key = pointer[1..]
            .Replace("~1", "/", StringComparison.Ordinal)
            .Replace("~0", "~", StringComparison.Ordinal);
        if (op.GetString() == "remove")
        {
            return ImageDraft.Remove(image, key);
        }
        if (!operation.TryGetProperty("value", out var value))
        {
            throw new GlanceFault(400, "Operation \"replace\" requires a member named \"value\".");
        }
        CheckReplaced(image, key, op.GetString(), token);
        return ImageDraft.Set(image, key, value);
    }

    private static void CheckReplaced(SandboxImage image, string key, string? op, Token token)
    {
        if (op == "replace" && !ImageDraft.IsFixed(key) && !image.Properties.ContainsKey(key))
        {
            throw new GlanceFault(409, $"Property {key} does not exist.");
        }
        if (key == "id")
        {
            throw new GlanceFault(403, "Attribute 'id' is read-only.");
        }
        if (key == "owner" && !token.IsAdmin)
        {
            throw new GlanceFault(403, "Owner can't be updated by non admin.");
        }
        if (key is "disk_format" or "container_format" && image.Status != "queued")
        {
            throw new GlanceFault(403, $"Attribute {key} can be only replaced for a queued image.");
        }
    }

    private Task DeleteAsync(HttpContext context, Token token, string id)
    {
        var image = Visible(token, id, $"Failed to find image {id} to delete");
        if (!Owns(token, image))
        {
            throw new GlanceFault(403, "You do not own this image");
        }
        if (image.Protected)
        {
            throw new GlanceFault(403, $"Image {id} is protected and cannot be deleted.");
        }
        if (world.ImageTerms.HoldsUsed && world.IsUsed(id))
        {
            throw new GlanceFault(409, $"Image {id} could not be deleted because it is in use: the image has clones");
        }
        world.RemoveImage(id);
        return DoneAsync(context);
    }

    private static Task DoneAsync(HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static async Task<JsonDocument> ReadJsonAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException)
        {
            throw new GlanceFault(400, "Malformed JSON in request body.");
        }
    }
}
