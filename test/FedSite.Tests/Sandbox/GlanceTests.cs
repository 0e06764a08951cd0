using System.Net;
using System.Text;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

/// <summary>What tests can have the sandbox's Glance do; the contracts hold the rest of it.</summary>
public sealed class GlanceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, HttpStatusCode.Conflict)]
    [InlineData(false, HttpStatusCode.NoContent)]
    public async Task A_used_image_can_be_deleted_unless_the_store_holds_it(bool holds, HttpStatusCode expected)
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        await client.LoginAsync("admin", sandbox.World.AdminProject);
        var used = sandbox.World.SeededProjects.SelectMany(p => sandbox.World.Servers(p.Id));
        var image = used.First(s => s is { Deleted: false, ImageId: not null }).ImageId!;
        sandbox.World.ImageTerms.HoldsUsed = holds;

        var status = await client.SendAsync(HttpMethod.Delete, $"{sandbox.GlanceUrl}v2/images/{image}");

        Assert.Equal(expected, status);
        Assert.Equal(holds, sandbox.World.FindImage(image) is not null);
    }

    [Fact]
    public async Task Content_is_read_back_as_long_as_it_is_small()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        await client.LoginAsync("member", sandbox.World.SeededProjects.First());
        sandbox.World.ImageTerms.KeptBytes = 3;

        await client.SendAsync(HttpMethod.Put, Put(sandbox, 1), Content("abc"));
        await client.SendAsync(HttpMethod.Put, Put(sandbox, 2), Content("abcd"));

        Assert.Equal("abc", Encoding.UTF8.GetString(Find(sandbox, 1).Content!.Value.Span));
        Assert.Null(Find(sandbox, 2).Content);
        Assert.Equal(("active", 4), (Find(sandbox, 2).Status, Find(sandbox, 2).Size));
        Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, File(sandbox, 1)));
        Assert.Equal(HttpStatusCode.Gone, await client.SendAsync(HttpMethod.Get, File(sandbox, 2)));
    }

    private static ByteArrayContent Content(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new("application/octet-stream");
        return content;
    }

    private static string Id(int number) => $"88888888-0000-4000-8000-00000000000{number}";

    private static SandboxImage Find(FederationSandbox sandbox, int number) => sandbox.World.FindImage(Id(number))!;

    private static string File(FederationSandbox sandbox, int number) =>
        $"{sandbox.GlanceUrl}v2/images/{Id(number)}/file";

    /// <returns>Where its content goes.</returns>
    private static string Put(FederationSandbox sandbox, int number)
    {
        sandbox.World.Put(
            new SandboxImage
            {
                Id = Id(number),
                Name = "empty",
                OwnerId = sandbox.World.SeededProjects.First().Id,
                Status = "queued",
            }
        );
        return File(sandbox, number);
    }
}
