using System.Security.Cryptography;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.Pki;
using FedSite.Sandbox.World;
using FedSite.TestKit;

namespace FedSite.Tests.OpenStack;

public sealed class UploadTests
{
    private const string Id = "77777777-0000-4000-8000-000000000001";
    private const string Leave = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Broken =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 18\r\nConnection: close\r\n\r\nthe disk is broken";
    private const string Done = "HTTP/1.1 204 No Content\r\n\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_arrives_as_it_was_written_in_pieces_of_any_size(bool lengthKnown)
    {
        await using var cloud = await StartAsync();
        var content = RandomNumberGenerator.GetBytes(700_000);

        await UploadAsync(
            cloud,
            lengthKnown ? content.Length : null,
            async (stream, ct) =>
            {
                for (int at = 0, size = 1; at < content.Length; at += size, size = size * 3 % 65521)
                {
                    await stream.WriteAsync(content.AsMemory(at, Math.Min(size, content.Length - at)), ct);
                }
            }
        );

        var image = cloud.Sandbox.World.FindImage(Id)!;
        Assert.Equal(content, image.Content!.Value.ToArray());
        Assert.Equal("active", image.Status);
    }

    [Fact]
    public async Task Content_arrives_over_TLS()
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-upload-").FullName;
        using var authority = TestAuthority.Create(folder, TimeProvider.System);
        await using var cloud = await StartAsync(
            new SandboxOptions { Certificate = authority.IssueServer("127.0.0.1").Certificate }
        );
        var content = RandomNumberGenerator.GetBytes(700_000);

        await UploadAsync(cloud, content.Length, async (stream, ct) => await stream.WriteAsync(content, ct));

        Assert.Equal(content, cloud.Sandbox.World.FindImage(Id)!.Content!.Value.ToArray());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_quota_that_the_length_breaks_is_told_before_any_content_is_asked_for()
    {
        await using var cloud = await StartAsync();
        cloud.Sandbox.World.ImageTerms.StorageBytes = 1_000_000;

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, 1_000_001, (_, _) => throw new InvalidOperationException("asked for content"))
        );

        Assert.Equal(413, failure.Status);
        Assert.Contains("quota", failure.NextStep, StringComparison.Ordinal);
        Assert.Equal("queued", cloud.Sandbox.World.FindImage(Id)!.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_that_is_met_on_the_way_stops_the_writer_and_is_told(bool lengthKnown)
    {
        await using var cloud = await StartAsync();
        cloud.Sandbox.World.ImageTerms.SizeCap = 1_000_000;

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, lengthKnown ? 1L << 33 : null, WriteForeverAsync)
        );

        Assert.Equal(413, failure.Status);
        Assert.Contains("too large", failure.Message, StringComparison.Ordinal);
        Assert.Equal("queued", cloud.Sandbox.World.FindImage(Id)!.Status);
    }

    [Fact]
    public async Task A_quota_that_an_unknown_length_breaks_is_told_at_the_end_and_leaves_an_image_to_delete()
    {
        await using var cloud = await StartAsync();
        cloud.Sandbox.World.ImageTerms.StorageBytes = 1000;

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, length: null, async (stream, ct) => await stream.WriteAsync(new byte[1001], ct))
        );

        Assert.Equal(413, failure.Status);
        Assert.Equal("saving", cloud.Sandbox.World.FindImage(Id)!.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_on_the_way_is_told_rather_than_the_broken_connection(bool lengthKnown)
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new(0, Leave), new(2_000_000, Broken));
        glance.ReplaceGlance(cloud);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, lengthKnown ? 1L << 33 : null, WriteForeverAsync)
        );

        Assert.Equal(503, failure.Status);
        Assert.Contains("the disk is broken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_on_the_way_is_told_with_what_was_asked()
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new(0, Leave), new(2_000_000, Say: null));
        glance.ReplaceGlance(cloud);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, length: null, WriteForeverAsync)
        );

        Assert.Null(failure.Status);
        Assert.Contains($"PUT {glance.Url}/v2/images/{Id}/file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_writer_is_at_its_end_when_the_upload_is()
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new(0, Leave), new(2_000_000, Say: null));
        glance.ReplaceGlance(cloud);
        var ended = false;

        await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(
                cloud,
                length: null,
                async (stream, ct) =>
                {
                    try
                    {
                        await stream.WriteAsync(new byte[2_000_000], ct);
                        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                    }
                    finally
                    {
                        ended = true;
                    }
                }
            )
        );

        Assert.True(ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_of_success_before_the_last_byte_is_no_success(bool lengthKnown)
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new(0, Leave), new(2_000_000, Done));
        glance.ReplaceGlance(cloud);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, lengthKnown ? 1L << 33 : null, WriteForeverAsync)
        );

        Assert.Contains("before", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_fails_is_not_repeated()
    {
        await using var cloud = await StartAsync();
        var calls = 0;
        Refuse(cloud, 503);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(
                cloud,
                5000,
                (_, _) =>
                {
                    calls++;
                    return Task.CompletedTask;
                }
            )
        );

        Assert.Equal(503, failure.Status);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_token_that_is_refused_before_the_content_is_renewed_once()
    {
        await using var cloud = await StartAsync();
        var client = cloud.Connect();
        await client.Image.FindImageAsync(Scope(cloud), Id, Ct);
        cloud.Sandbox.RevokeTokens();

        await client.Image.UploadAsync(Scope(cloud), Id, 4, async (s, ct) => await s.WriteAsync(new byte[4], ct), Ct);

        Assert.Equal("active", cloud.Sandbox.World.FindImage(Id)!.Status);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_server_that_gives_no_leave_gets_the_content_all_the_same()
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new CannedStep(100_000, Done));
        glance.ReplaceGlance(cloud);

        await UploadAsync(cloud, 100_000, async (stream, ct) => await stream.WriteAsync(new byte[100_000], ct));

        Assert.Contains("Expect: 100-continue", glance.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_after_the_last_byte_is_given_up()
    {
        var time = new StandingTime(TimeProvider.System.GetUtcNow());
        await using var cloud = await StartAsync(time: time);
        using var glance = new CannedService(new(0, Leave), new(-1, Done));
        glance.ReplaceGlance(cloud);
        var upload = UploadAsync(cloud, 5000, async (stream, ct) => await stream.WriteAsync(new byte[5000], ct));
        while (glance.Received.Length < 5000)
        {
            await Task.Yield();
        }

        while (!upload.IsCompleted)
        {
            time.RunOut();
            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => upload);
        Assert.Contains("600 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_its_writer_breaks_off_does_not_look_complete(bool lengthKnown)
    {
        await using var cloud = await StartAsync();
        using var glance = new CannedService(new(0, Leave), new(-1, Say: null));
        glance.ReplaceGlance(cloud);

        await Assert.ThrowsAsync<FormatException>(() =>
            UploadAsync(
                cloud,
                lengthKnown ? 10_000 : null,
                async (stream, ct) =>
                {
                    await stream.WriteAsync(new byte[5000], ct);
                    throw new FormatException();
                }
            )
        );

        await glance.HungUp;
        Assert.True(glance.Received.Length < 10_000);
        Assert.False(glance.Received.ToArray().AsSpan().EndsWith("0\r\n\r\n"u8));
    }

    [Fact]
    public async Task A_writer_that_writes_less_than_announced_does_not_make_the_image()
    {
        await using var cloud = await StartAsync();

        await Assert.ThrowsAsync<OpenStackException>(() =>
            UploadAsync(cloud, 10_000, async (stream, ct) => await stream.WriteAsync(new byte[5000], ct))
        );

        while (cloud.Sandbox.World.FindImage(Id)!.Status != "queued")
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task An_upload_that_the_user_stops_ends_at_once_and_the_image_is_queued()
    {
        await using var cloud = await StartAsync();
        using var stop = new CancellationTokenSource();
        cloud.Sandbox.World.ImageTerms.Received = (_, size) =>
        {
            if (size > 100_000)
            {
                stop.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            cloud.Connect().Image.UploadAsync(Scope(cloud), Id, length: null, WriteForeverAsync, stop.Token)
        );

        while (cloud.Sandbox.World.FindImage(Id)!.Status != "queued")
        {
            await Task.Yield();
        }
    }

    private static async Task<TestCloud> StartAsync(SandboxOptions? options = null, TimeProvider? time = null)
    {
        var cloud = await TestCloud.StartAsync(options, time);
        cloud.Sandbox.World.Put(
            new SandboxImage
            {
                Id = Id,
                Name = "to be filled",
                OwnerId = cloud.ProjectId,
                Visibility = "private",
                Status = "queued",
            }
        );
        return cloud;
    }

    private static TokenScope Scope(TestCloud cloud) => TokenScope.Project(cloud.ProjectId);

    private static Task UploadAsync(TestCloud cloud, long? length, Func<Stream, CancellationToken, Task> write) =>
        cloud
            .Connect(cloud.Credentials with { Verify = cloud.Sandbox.KeystoneUrl.Scheme == "http" })
            .Image.UploadAsync(Scope(cloud), Id, length, write, Ct);

    private static async Task WriteForeverAsync(Stream stream, CancellationToken ct)
    {
        var block = new byte[1 << 18];
        while (true)
        {
            await stream.WriteAsync(block, ct);
        }
    }

    private static void Refuse(TestCloud cloud, int status) =>
        cloud.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                When = request => request.Method == "PUT",
                Status = status,
            }
        );
}
