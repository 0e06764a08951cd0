using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Swift: containers and objects of projects, without ACLs, metadata and large objects.</summary>
internal sealed class Swift(SandboxOptions options, CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    private const string Html = "text/html; charset=UTF-8";
    private const string AccountPrefix = "AUTH_";

    /// <summary>Swift's setting <c>operator_roles</c>: those who may use the account of their project.</summary>
    private static readonly string[] Operators = ["admin", "member"];
    private static long _transactions;

    public async Task HandleAsync(HttpContext context)
    {
        Stamp(context.Response);
        // The name of an object may have slashes.
        var path = context.Request.Path.Value![1..].Split('/', 4);
        path = path[^1].Length == 0 ? path[..^1] : path;
        if (path is ["healthcheck"])
        {
            await Answers.TextAsync(context, 200, "text/plain", "OK");
            return;
        }
        if (path is not ["v1", var account, ..])
        {
            await RefuseAsync(context, 404);
            return;
        }
        var token = tokens.Of(context.Request);
        if (token is null)
        {
            context.Response.Headers.WWWAuthenticate =
                $"Swift realm=\"{account}\", Keystone uri=\"{endpoints.Identity}\"";
            await RefuseAsync(context, 401);
            return;
        }
        if (
            !account.StartsWith(AccountPrefix, StringComparison.Ordinal)
            || !MayUse(token, account[AccountPrefix.Length..])
        )
        {
            await RefuseAsync(context, 403);
            return;
        }
        var project = account[AccountPrefix.Length..];
        await (
            path switch
            {
                [_, _] => ListAsync(context, world.Objects.Containers(project)),
                [_, _, var container] => ContainerAsync(context, project, container),
                [_, _, var container, var name] => ObjectAsync(context, world.Objects.Find(project, container), name),
                _ => RefuseAsync(context, 404),
            }
        );
    }

    private static bool MayUse(Token token, string project) =>
        (token.Project?.Id == project && token.Roles.Intersect(Operators).Any())
        || token.Roles.Contains("ResellerAdmin");

    private async Task ContainerAsync(HttpContext context, string project, string container)
    {
        var objects = world.Objects.Find(project, container);
        switch (context.Request.Method)
        {
            case "PUT" when world.Objects.MakeContainer(project, container):
                await Answers.TextAsync(context, 201, Html, "");
                break;
            case "PUT":
                await RefuseAsync(context, 202);
                break;
            case "GET" or "HEAD" when objects is not null:
                await ListAsync(context, objects.Keys.Order(StringComparer.Ordinal));
                break;
            case "DELETE" when objects is { IsEmpty: true }:
                world.Objects.RemoveContainer(project, container);
                context.Response.StatusCode = 204;
                break;
            case "DELETE" when objects is not null:
                await RefuseAsync(context, 409);
                break;
            default:
                await RefuseAsync(context, context.Request.Method is "GET" or "HEAD" or "DELETE" ? 404 : 405);
                break;
        }
    }

    private async Task ObjectAsync(
        HttpContext context,
        ConcurrentDictionary<string, StoredObject>? objects,
        string name
    )
    {
        switch (context.Request.Method)
        {
            case "PUT" when objects is not null:
                await StoreAsync(context, objects, name);
                break;
            case "GET" or "HEAD" when objects is not null && objects.TryGetValue(name, out var stored):
                Describe(context.Response, stored);
                await Answers.BytesAsync(context, 200, stored.ContentType, stored.Content);
                break;
            case "DELETE" when objects is not null && objects.TryRemove(name, out _):
                context.Response.StatusCode = 204;
                break;
            default:
                await RefuseAsync(context, context.Request.Method is "PUT" or "GET" or "HEAD" or "DELETE" ? 404 : 405);
                break;
        }
    }

    private async Task StoreAsync(HttpContext context, ConcurrentDictionary<string, StoredObject> objects, string name)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var type = context.Request.ContentType ?? "application/octet-stream";
        var stored = new StoredObject(body.ToArray(), type, options.TimeProvider.GetUtcNow());
        var expected = context.Request.Headers.ETag.ToString();
        if (expected.Length > 0 && !expected.Trim('"').Equals(Hash(stored.Content), StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, 422);
            return;
        }
        objects[name] = stored;
        Describe(context.Response, stored);
        await Answers.TextAsync(context, 201, Html, "");
    }

    private static void Describe(HttpResponse response, StoredObject stored)
    {
        response.Headers.ETag = Hash(stored.Content);
        response.Headers.LastModified = stored.Modified.ToString("R", CultureInfo.InvariantCulture);
    }

    private static Task ListAsync(HttpContext context, IEnumerable<string> names)
    {
        var lines = string.Concat(names.Select(name => $"{name}\n"));
        return Answers.TextAsync(context, lines.Length > 0 ? 200 : 204, "text/plain; charset=utf-8", lines);
    }

    /// <summary>MD5, the hash of the protocol.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol's checksum; no secret depends on it.")]
    internal static string Hash(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));

    private static void Stamp(HttpResponse response)
    {
        var number = (ulong)Interlocked.Increment(ref _transactions);
        var id = $"tx{Mix.Hex(number, 0x7478)[..21]}-{number:x10}";
        response.Headers["X-Trans-Id"] = id;
        response.Headers["X-Openstack-Request-Id"] = id;
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        var (title, text) = status switch
        {
            202 => ("Accepted", "The request is accepted for processing."),
            401 => (
                "Unauthorized",
                "This server could not verify that you are authorized to access the document you requested."
            ),
            403 => ("Forbidden", "Access was denied to this resource."),
            405 => ("Method Not Allowed", "The method is not allowed for this resource."),
            409 => ("Conflict", "There was a conflict when trying to complete your request."),
            422 => ("Unprocessable Entity", "Unable to process the contained instructions"),
            _ => ("Not Found", "The resource could not be found."),
        };
        return Answers.TextAsync(context, status, Html, $"<html><h1>{title}</h1><p>{text}</p></html>");
    }
}
