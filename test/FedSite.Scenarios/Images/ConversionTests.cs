using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Configuration;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.Scenarios.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Images;

/// <summary>Conversions by the real <c>qemu-img</c> in the real sandbox.</summary>
public sealed class ConversionTests : IDisposable
{
    private const int DiskSize = 64 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    public ConversionTests()
    {
        Require.Program("/usr/bin/qemu-img", "qemu-utils");
        Require.Program("/usr/bin/bwrap", "bubblewrap");
    }

    [Theory]
    [InlineData("raw", "qcow2")]
    [InlineData("qcow2", "raw")]
    [InlineData("qcow2", "raw", "-o", "compat=0.10")]
    [InlineData("qcow2", "raw", "-c")]
    [InlineData("qcow2", "raw", "-c", "-o", "compression_type=zstd")]
    [InlineData("qcow2", "raw", "-c", "-o", "cluster_size=2M")]
    [InlineData("qcow2", "raw", "-o", "extended_l2=on,cluster_size=128k")]
    [InlineData("qcow2", "raw", "-o", "cluster_size=512")]
    public async Task A_disk_stays_what_it_is_in_another_format(string from, string to, params string[] options)
    {
        var image = await MakeAsync(from, options);
        using var original = await FetchAsync(image, from);

        using var converted = await ConvertAsync(original, to);

        Assert.Equal((to, DiskSize), (converted.Inspection.Format, converted.Inspection.VirtualSize));
        await QemuAsync("compare", "-f", from, "-F", to, original.Path, converted.Path);
        await using var file = File.OpenRead(converted.Path);
        Assert.Equal(
            converted.Sha512,
            Convert.ToHexStringLower(await SHA512.HashDataAsync(file, TestContext.Current.CancellationToken))
        );
    }

    [Fact]
    public async Task What_was_converted_once_is_there_the_next_time()
    {
        using var original = await FetchAsync(await MakeAsync("qcow2"), "qcow2");
        using var first = await ConvertAsync(original, "raw");
        var made = File.GetLastWriteTimeUtc(first.Path);

        using var second = await ConvertAsync(original, "raw");

        Assert.Equal(made, File.GetLastWriteTimeUtc(second.Path));
        Assert.Equal(first.Sha256, second.Sha256);
    }

    [Fact]
    public async Task Zeros_take_no_space_in_a_raw_disk()
    {
        using var original = await FetchAsync(await MakeAsync("qcow2"), "qcow2");

        using var converted = await ConvertAsync(original, "raw");

        Assert.Equal(DiskSize, converted.Size);
        Assert.InRange(PosixFiles.AllocatedBytes(converted.Path), 1, DiskSize * 3 / 4);
    }

    [Fact]
    public async Task The_sandbox_is_found_fit_without_an_image()
    {
        var version = await Converter().ProbeAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("qemu-img version", version, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ImageConverter Converter() => new(HostEnvironment.OfProcess(), TimeProvider.System);

    private ImageCache Cache() =>
        new(Path.Combine(_folder, "cache"), 1L << 30, null, TimeProvider.System, NullLogger.Instance);

    private Task<CachedImage> ConvertAsync(CachedImage original, string format) =>
        Cache().ConvertAsync(Converter(), original, format, 1L << 40, TestContext.Current.CancellationToken);

    private async Task<CachedImage> FetchAsync(byte[] image, string format)
    {
        using var source = new OneImage(image);
        var terms = new TransferTerms
        {
            Inspection = new InspectionTerms { Declared = format, MaxVirtualSize = 1L << 40 },
            MaxSize = 1L << 40,
        };
        return await Cache()
            .FetchAsync(source, source.Offer, terms, progress: null, TestContext.Current.CancellationToken);
    }

    /// <summary>A disk with a third of noise, a third of text and a third of nothing.</summary>
    private async Task<byte[]> MakeAsync(string format, params string[] options)
    {
        var disk = new byte[DiskSize];
        new Random(1).NextBytes(disk.AsSpan(0, DiskSize / 3));
        disk.AsSpan(DiskSize / 3, DiskSize / 3).Fill((byte)'x');
        var raw = Path.Combine(_folder, "disk.raw");
        var made = Path.Combine(_folder, "disk.made");
        await File.WriteAllBytesAsync(raw, disk, TestContext.Current.CancellationToken);
        await QemuAsync(["convert", "-f", "raw", "-O", format, .. options, raw, made]);
        return await File.ReadAllBytesAsync(made, TestContext.Current.CancellationToken);
    }

    private static Task QemuAsync(params string[] arguments) =>
        Cli.Wrap("qemu-img").WithArguments(arguments).ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    private sealed class OneImage(byte[] content) : IImageSource
    {
        public string Name => "one";
        public long Requests => 0;

        public ImageOffer Offer { get; } =
            new()
            {
                Source = "one",
                Slot = "registry.example.org/images/one:1",
                Registry = "registry.example.org",
                Project = "images",
                Repository = "images/one",
                Tag = "1",
                Manifest = "sha256:" + new string('0', 64),
                Content = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)),
                Size = content.Length,
                Annotations = new Dictionary<string, string>(),
            };

        public Task<SourceListing> ListAsync(CancellationToken ct) => throw new NotSupportedException();

        public Task<Stream> OpenAsync(ImageOffer offer, long from, CancellationToken ct) =>
            Task.FromResult<Stream>(new MemoryStream(content, (int)from, content.Length - (int)from));

        public void Dispose() { }
    }
}
