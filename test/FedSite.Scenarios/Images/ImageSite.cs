using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using FedSite.TestKit;

namespace FedSite.Scenarios.Images;

/// <summary>A site that does nothing but images, and the real executable to run on it.</summary>
internal sealed class ImageSite : IDisposable
{
    private readonly string _name = $"images-{Guid.CreateVersion7():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-images-").FullName;

    /// <summary>The account whose project has the images.</summary>
    public required string OpenStack { get; set; }

    /// <summary>Entries of <c>vos</c>: the VO's name and its projects.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Vos { get; set; }

    /// <summary>Entries of <c>images.sources</c>.</summary>
    public required IReadOnlyList<string> Sources { get; set; }

    /// <summary>Further keys of <c>images</c>, indented by two blanks.</summary>
    public string Images { get; set; } = "";

    /// <summary>Where programs are looked for first.</summary>
    public string? Programs { get; set; }

    public string ConfigFile => Path.Combine(_folder, "site.yaml");
    public string Cache => Path.Combine(_folder, "cache");

    public Task<ImageRun> SyncAsync(params string[] arguments) => RunAsync(["sync", .. arguments]);

    public Task<ImageRun> PlanAsync() => RunAsync("plan");

    public async Task<ImageRun> RunAsync(params string[] arguments)
    {
        await WriteAsync();
        var path = Environment.GetEnvironmentVariable("PATH");
        var run = await Cli.Wrap(TestSite.Executable)
            .WithArguments(["images", .. arguments, "--output", "json", "--config", ConfigFile])
            .WithEnvironmentVariables(set => set.Set("PATH", Programs is null ? path : $"{Programs}:{path}"))
            .WithWorkingDirectory(_folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return new ImageRun(
            run.ExitCode,
            run.StandardOutput.StartsWith('{') ? JsonNode.Parse(run.StandardOutput)! : new JsonObject(),
            run.StandardError
        );
    }

    /// <summary>Writes <c>site.yaml</c>.</summary>
    public Task WriteAsync() =>
        File.WriteAllTextAsync(
            ConfigFile,
            $$"""
            site: {name: {{_name}}, service: cloud.example.org}
            openstack: {{OpenStack}}
            state: {{_folder}}/state
            vos:
            {{string.Join(
                '\n',
                Vos.Select(vo => $"  - {{name: {vo.Key}, projects: [{string.Join(", ", vo.Value)}]}}")
            )}}
            images:
              cache: {{Cache}}
              sources:
            {{string.Join('\n', Sources.Select(source => $"    - {source}"))}}
            {{Images}}

            """
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>What one run did.</summary>
internal sealed record ImageRun(int ExitCode, JsonNode Document, string Error)
{
    /// <summary>Each step with its result, for instance <c>add done</c>; of a plan without result.</summary>
    public IReadOnlyList<string> Steps =>
        [.. Actions.Select(action => $"{action["step"]} {action["result"]}".TrimEnd())];

    public IEnumerable<JsonNode> Actions => Document["actions"]!.AsArray().Select(action => action!);
    public JsonNode Slot => Assert.Single(Document["slots"]!.AsArray())!;
    public int Requests => (int)Document["requests"]!;

    /// <summary>Fails the test unless it ended so and did these steps.</summary>
    public ImageRun Did(int exitCode, params string[] steps)
    {
        Assert.True(
            exitCode == ExitCode && Document["actions"] is not null && steps.SequenceEqual(Steps),
            $"exit code {ExitCode}, {Document["actions"]?.ToJsonString()}\n{Error}"
        );
        return this;
    }
}
