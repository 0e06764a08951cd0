using System.Security.Cryptography;
using System.Text.Json;
using CliWrap;
using FedSite.Sandbox;
using FedSite.Tests.Images.Inspection;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.App;

public sealed class ImagesInspectCommandTests : IDisposable
{
    private static readonly byte[] Sound = new Qcow2Image().Bytes;
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-inspect-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_safe_image_ends_with_exit_0()
    {
        using var terminal = new TestTerminal();

        Assert.Equal(ExitCode.Done, await terminal.RunAsync($"images inspect {Made(Sound)} --declared qcow2"));
        Assert.Equal(
            $"""
            {_folder}/image: qcow2, safe
              disk: 131072 bytes
              file: 458752 bytes, sha256 {Convert.ToHexStringLower(
                SHA256.HashData(Sound)
            )}, sha512 {Convert.ToHexStringLower(SHA512.HashData(Sound))}

            """,
            terminal.Out
        );
    }

    [Fact]
    public async Task An_unsafe_image_ends_with_exit_1_and_the_reason()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"images inspect {Made(HostileFiles.Named("backing file").Bytes)}");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("image: qcow2, not safe\n", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("qcow2-backing-file: It names a backing file. ", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("shadow", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_all_that_is_known()
    {
        using var terminal = new TestTerminal { In = Sound };

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync("images inspect - --declared raw --output json"));

        using var document = JsonDocument.Parse(terminal.Out);
        Assert.Equal(
            ["format", "virtual_size", "safe", "findings", "size", "sha256", "sha512"],
            document.RootElement.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("qcow2", document.RootElement.GetProperty("format").GetString());
        Assert.Equal(131072, document.RootElement.GetProperty("virtual_size").GetInt64());
        Assert.False(document.RootElement.GetProperty("safe").GetBoolean());
        var finding = document.RootElement.GetProperty("findings")[0];
        Assert.Equal("format-mismatch", finding.GetProperty("id").GetString());
        Assert.StartsWith(
            "The content is not of the format that is declared: raw is declared, qcow2 is found. ",
            finding.GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_size_or_digest_that_differs_is_a_finding()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync(
            $"images inspect {Made(Sound)} --size 7 --sha512 {new string('A', 128)} --output json"
        );

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal(["size-mismatch", "sha512-mismatch"], Ids(terminal));
    }

    [Fact]
    public async Task A_size_and_digest_that_agree_are_none()
    {
        using var terminal = new TestTerminal();
        var digest = Convert.ToHexString(SHA512.HashData(Sound));

        Assert.Equal(
            ExitCode.Done,
            await terminal.RunAsync($"images inspect {Made(Sound)} --size {Sound.Length} --sha512 {digest}")
        );
    }

    [Fact]
    public async Task The_limit_of_the_disk_can_be_given()
    {
        using var terminal = new TestTerminal();

        await terminal.RunAsync($"images inspect {Made(Sound)} --max-virtual 64KiB --output json");

        Assert.Equal(["virtual-size"], Ids(terminal));
    }

    [Theory]
    [InlineData("images inspect")]
    [InlineData("images inspect x --size many")]
    [InlineData("images inspect x --sha512 abc")]
    [InlineData("images inspect x --max-virtual large")]
    [InlineData("images inspect ftp://example.org/x")]
    public async Task Wrong_usage_ends_with_exit_2(string commandLine)
    {
        using var terminal = new TestTerminal();

        Assert.Equal(ExitCode.Usage, await terminal.RunAsync(commandLine));
    }

    [Theory]
    [InlineData("/nowhere/image", "cannot be read")]
    [InlineData("/dev", "is a folder")]
    [InlineData("/dev/zero", "is no file but a device")]
    public async Task What_is_no_file_is_an_error_with_a_next_step(string path, string what)
    {
        using var terminal = new TestTerminal();

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync($"images inspect {path}"));
        Assert.Contains(what, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_refused_and_not_waited_for()
    {
        var pipe = Path.Combine(_folder, "pipe");
        await Cli.Wrap("mkfifo").WithArguments(pipe).ExecuteAsync(Stop);
        using var terminal = new TestTerminal();

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync($"images inspect {pipe}"));
        Assert.Contains("is no file but a device, a pipe or a socket", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URL_is_inspected_behind_its_redirects_and_shown_without_secrets()
    {
        await using var server = await ServerAsync(async context =>
        {
            if (context.Request.Path == "/old")
                context.Response.Redirect("/image?token=hidden");
            else
                await context.Response.Body.WriteAsync(Sound, Stop);
        });
        using var terminal = new TestTerminal();

        Assert.Equal(ExitCode.Done, await terminal.RunAsync($"images inspect {server.Url}old?key=secret"));
        Assert.Contains("qcow2, safe", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/missing", "was answered with status 404")]
    [InlineData("/loop", "redirects too often")]
    [InlineData("/file", "redirects to a URL with file, which is not followed")]
    [InlineData("/cut", "can't be read")]
    public async Task A_URL_that_leads_nowhere_is_an_error(string path, string what)
    {
        await using var server = await ServerAsync(async context =>
        {
            switch (context.Request.Path)
            {
                case "/loop":
                    context.Response.Redirect("/loop");
                    break;
                case "/file":
                    context.Response.Redirect("file:///etc/passwd");
                    break;
                case "/cut":
                    context.Response.ContentLength = 100_000;
                    await context.Response.Body.WriteAsync(new byte[50_000], Stop);
                    await context.Response.Body.FlushAsync(Stop);
                    context.Abort();
                    break;
                default:
                    context.Response.StatusCode = 404;
                    break;
            }
        });
        using var terminal = new TestTerminal();

        Assert.Equal(
            ExitCode.Failed,
            await terminal.RunAsync($"images inspect {server.Url.ToString().TrimEnd('/')}{path}")
        );
        Assert.Contains(what, terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vmdk", "format-vmdk")]
    [InlineData("zeros", "virtual-size")]
    public async Task A_download_stops_when_the_image_is_refused(string what, string id)
    {
        await using var server = await ServerAsync(async context =>
        {
            if (what == "vmdk")
                await context.Response.Body.WriteAsync("KDMV"u8.ToArray(), context.RequestAborted);
            // It would never end.
            while (true)
                await context.Response.Body.WriteAsync(new byte[65536], context.RequestAborted);
        });
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"images inspect {server.Url} --max-virtual 10MB --output json");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal([id], Ids(terminal));
        using var document = JsonDocument.Parse(terminal.Out);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("size").ValueKind);
    }

    [Fact]
    public async Task What_a_stream_cannot_tell_is_told_of_a_file()
    {
        using var stream = new TestTerminal { In = Images.Inspection.ImageInspectorTests.Moved() };
        using var file = new TestTerminal();

        Assert.Equal(ExitCode.Failed, await stream.RunAsync("images inspect -"));
        Assert.Equal(ExitCode.Done, await file.RunAsync($"images inspect {Made(stream.In)}"));
        Assert.Contains("Download it, and inspect the file.", stream.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string?> Ids(TestTerminal terminal)
    {
        using var document = JsonDocument.Parse(terminal.Out);
        return
        [
            .. document
                .RootElement.GetProperty("findings")
                .EnumerateArray()
                .Select(f => f.GetProperty("id").GetString()),
        ];
    }

    private static Task<LoopbackServer> ServerAsync(RequestDelegate handler) =>
        LoopbackServer.StartAsync(new LoopbackTerms(0, Certificate: null), handler, Stop);

    private string Made(byte[] bytes)
    {
        var path = Path.Combine(_folder, "image");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
