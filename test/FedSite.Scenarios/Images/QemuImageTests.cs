using System.Text.Json;
using FedSite.Images.Inspection;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>What the real <c>qemu-img</c> makes, and what it makes of what is accepted.</summary>
public sealed class QemuImageTests : IDisposable
{
    private static readonly InspectionTerms Terms = new() { MaxVirtualSize = 200L << 30 };

    // Their L1 table lies behind L2 tables.
    private static readonly string[] Moved = ["falloc", "full", "grown", "grown a lot", "grown, preallocated"];
    private readonly QemuImages _images;

    public QemuImageTests()
    {
        Require.Program("/usr/bin/qemu-img", "qemu-utils");
        _images = new QemuImages();
    }

    public static TheoryData<string> Recipes => [.. QemuImages.Recipes.Keys];

    public static TheoryData<string> Refused => [.. QemuImages.Refused.Keys];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task An_image_of_qemu_is_safe_and_as_large_as_qemu_says(string name)
    {
        await _images.MakeAsync(QemuImages.Recipes[name], Stop);

        var inspection = await InspectFileAsync();

        Assert.Empty(inspection.Findings);
        Assert.True(inspection.IsSafe);
        var answer = await _images.AskAsync(["info", "-f", "qcow2", "--output=json", "out"], Stop);
        var info = JsonDocument.Parse(answer.StandardOutput).RootElement;
        Assert.Equal(info.GetProperty("virtual-size").GetInt64(), inspection.VirtualSize);
        Assert.False(info.TryGetProperty("backing-filename", out _));
        Assert.Equal(0, (await _images.AskAsync(["check", "-f", "qcow2", "out"], Stop)).ExitCode);
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task An_image_of_qemu_is_judged_the_same_in_a_stream_of_any_chunks(string name)
    {
        await _images.MakeAsync(QemuImages.Recipes[name], Stop);
        var file = await InspectFileAsync();

        foreach (
            var chunk in new FileInfo(_images.Out).Length < 1 << 20 ? (int[])[1, 7, 512, 1 << 20] : [4093, 1 << 20]
        )
        {
            var stream = await InspectStreamAsync(chunk);
            Assert.Empty(stream.Findings);
            Assert.Equal((file.Format, file.VirtualSize, file.Size), (stream.Format, stream.VirtualSize, stream.Size));
            Assert.Equal(Moved.Contains(name), stream.IsUndecided);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_qemu_makes_of_other_kinds_is_refused_by_name(string name)
    {
        var (recipe, id) = QemuImages.Refused[name];
        await _images.MakeAsync(recipe, Stop);

        var file = await InspectFileAsync();
        var stream = await InspectStreamAsync(1 << 20);

        Assert.Equal(id, file.Findings.Select(finding => finding.Id).Distinct().First());
        Assert.Equal(file.Findings, stream.Findings);
    }

    [Fact]
    public async Task A_cut_image_is_never_safe_where_tables_or_clusters_are_missing()
    {
        await _images.MakeAsync(QemuImages.Recipes["compressed"], Stop);
        var bytes = await File.ReadAllBytesAsync(_images.Out, Stop);
        for (var tenth = 1; tenth < 10; tenth++)
        {
            await File.WriteAllBytesAsync(_images.Out, bytes[..(bytes.Length / 10 * tenth)], Stop);
            Assert.Contains("qcow2-truncated", (await InspectFileAsync()).Findings.Select(finding => finding.Id));
        }
    }

    [Fact]
    public async Task What_is_accepted_of_damaged_images_leads_qemu_to_no_other_file()
    {
        await _images.MakeAsync(
            "create -f qcow2 -o cluster_size=4k base 1M;create -f qcow2 -F qcow2 -b base -o cluster_size=4k out",
            Stop
        );
        var linked = await File.ReadAllBytesAsync(_images.Out, Stop);
        await _images.MakeAsync("create -f qcow2 -o cluster_size=4k,preallocation=metadata out 1M", Stop);
        var alone = await File.ReadAllBytesAsync(_images.Out, Stop);
        var random = new Random(11);
        var accepted = 0;
        var unopened = new List<string>();
        for (var round = 0; round < 2000 && accepted < 100; round++)
        {
            var bytes = random.Next(4) == 0 ? linked.ToArray() : alone.ToArray();
            for (var change = random.Next(4); change >= 0; change--)
            {
                // The header, its extensions and the tables behind it.
                var at = random.Next(3) == 0 ? random.Next(bytes.Length) : random.Next(400);
                bytes[at] = random.Next(2) == 0 ? (byte)random.Next(256) : linked[at % linked.Length];
            }

            await File.WriteAllBytesAsync(_images.Out, bytes, Stop);
            var inspection = await InspectFileAsync();
            if (!inspection.IsSafe || inspection.Format != "qcow2")
                continue;
            accepted++;
            var answer = await _images.AskAsync(["info", "-f", "qcow2", "--output=json", "out"], Stop);
            if (answer.ExitCode != 0)
            {
                unopened.Add(answer.StandardError);
                continue;
            }

            var info = JsonDocument.Parse(answer.StandardOutput).RootElement;
            Assert.Equal(info.GetProperty("virtual-size").GetInt64(), inspection.VirtualSize);
            Assert.False(info.TryGetProperty("backing-filename", out _));
            Assert.DoesNotContain("data-file", answer.StandardOutput, StringComparison.Ordinal);
        }

        Assert.Empty(unopened);
        Assert.InRange(accepted, 50, 100);
    }

    public void Dispose() => _images?.Dispose();

    private async Task<ImageInspection> InspectFileAsync()
    {
        await using var file = File.OpenRead(_images.Out);
        return await ImageInspector.InspectAsync(file, Terms, Stop);
    }

    private async Task<ImageInspection> InspectStreamAsync(int chunk)
    {
        var inspector = new ImageInspector(Terms);
        await using var file = File.OpenRead(_images.Out);
        var buffer = new byte[chunk];
        int read;
        while ((read = await file.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            inspector.Feed(buffer.AsSpan(0, read));
        return inspector.Complete();
    }
}
