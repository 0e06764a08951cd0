using System.Text.Json;
using FedSite.Configuration;
using FedSite.Images.Inspection;

namespace FedSite.Images.Transfers;

/// <summary>
/// Makes images of another format with <c>qemu-img</c>, in a sandbox, and only from files that were inspected: it follows
/// whatever other files an image names.
/// </summary>
internal sealed class ImageConverter(HostEnvironment environment, TimeProvider time)
{
    private const string Program = "qemu-img";

    // Measured: 200 MiB are enough for all formats; each of up to 64 threads needs address space for its stack.
    private const long Memory = 2L << 30;
    private const int Killed = 128;
    private const int ProcessorTimeOver = Killed + 24;
    private const int FileTooLarge = Killed + 25;

    private readonly ProgramSandbox _sandbox = new(environment, time);

    /// <summary>Bytes that the image may come to in any format: its disk, and the tables of qcow2.</summary>
    public static long MostBytes(ImageInspection inspection)
    {
        var disk = inspection.VirtualSize ?? throw new ArgumentException("no size", nameof(inspection));
        return disk + (disk / 4096) + (4 << 20);
    }

    /// <summary>Starts <c>qemu-img</c> in the sandbox once, to see whether conversions are possible here. Its first line.</summary>
    /// <exception cref="FedSiteException">They are not.</exception>
    public async Task<string> ProbeAsync(CancellationToken ct)
    {
        var outcome = await RunAsync(["--version"], new SandboxFiles(null, null), 0, () => true, ct);
        return outcome.Output.Split('\n')[0];
    }

    /// <summary>Makes <paramref name="output"/>, which exists and is empty. It is inspected by the caller.</summary>
    /// <param name="input">A file that nobody changes.</param>
    /// <param name="inspection">Of the input.</param>
    /// <param name="format">Of the output: <c>raw</c> or <c>qcow2</c>.</param>
    /// <param name="maxBytes">That the output may take on its disk.</param>
    /// <exception cref="ArgumentException">The input is not safe: <c>qemu-img</c> was not started.</exception>
    /// <exception cref="FedSiteException">It can't be converted.</exception>
    public async Task ConvertAsync(
        string input,
        ImageInspection inspection,
        string output,
        string format,
        long maxBytes,
        CancellationToken ct
    )
    {
        if (!inspection.IsSafe || inspection.Format is not (ImagesConfig.Raw or ImagesConfig.Qcow2))
        {
            throw new ArgumentException("Only files that were found safe are converted.", nameof(inspection));
        }

        var most = MostBytes(inspection);
        await CompareAsync(input, inspection, most, ct);
        string[] options = format == ImagesConfig.Qcow2 ? ["-o", "compat=1.1,cluster_size=65536"] : [];
        var isTooLarge = false;
        var outcome = await RunAsync(
            ["convert", "-f", inspection.Format, "-O", format, .. options, ProgramSandbox.Input, ProgramSandbox.Output],
            new SandboxFiles(input, output),
            most,
            () => !(isTooLarge = PosixFiles.AllocatedBytes(output) > maxBytes),
            ct
        );
        if (isTooLarge)
        {
            throw new FedSiteException(
                $"{Path.GetFileName(input)} as {format} takes more than the {maxBytes} bytes that there is room for.",
                "Free some space in the folder `images.cache` of site.yaml, or raise `images.limits.cache`."
            );
        }

        Require(outcome, $"convert {Path.GetFileName(input)} to {format}");
    }

    /// <summary>Both must see the same image: what one of them does not understand could be an attack on the other.</summary>
    private async Task CompareAsync(string input, ImageInspection inspection, long most, CancellationToken ct)
    {
        var outcome = await RunAsync(
            ["info", "--output=json", "-f", inspection.Format, ProgramSandbox.Input],
            new SandboxFiles(input, Output: null),
            most,
            () => true,
            ct
        );
        Require(outcome, $"read {Path.GetFileName(input)}");
        string? difference;
        try
        {
            using var info = JsonDocument.Parse(outcome.Output);
            difference = Difference(info.RootElement, inspection);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            difference = "what it says can't be read";
        }

        if (difference is not null)
        {
            throw new FedSiteException(
                $"qemu-img sees another image in {Path.GetFileName(input)} than the inspection: {difference}.",
                "It is not converted. Please report it, with the image."
            );
        }
    }

    private static string? Difference(JsonElement info, ImageInspection inspection)
    {
        var format = info.GetProperty("format").GetString();
        var size = info.GetProperty("virtual-size").GetInt64();
        return format != inspection.Format ? $"its format is {format}"
            : size != inspection.VirtualSize ? $"its disk has {size} bytes, not {inspection.VirtualSize}"
            : Has(info, "backing-filename") || Has(info, "full-backing-filename") ? "it has a backing file"
            : Has(info, "encrypted") && info.GetProperty("encrypted").GetBoolean() ? "it is encrypted"
            : info.TryGetProperty("format-specific", out var specific)
            && specific.TryGetProperty("data", out var data)
            && Has(data, "data-file")
                ? "it has a data file"
            : null;
    }

    private static bool Has(JsonElement json, string name) => json.TryGetProperty(name, out _);

    private Task<SandboxOutcome> RunAsync(
        string[] arguments,
        SandboxFiles files,
        long most,
        Func<bool> mayGoOn,
        CancellationToken ct
    )
    {
        // Slow processors unpack at 20 MB/s, slow disks write at that.
        var gibibytes = (most >> 30) + 1;
        var limits = new SandboxLimits(
            Memory,
            TimeSpan.FromMinutes(2 + gibibytes),
            most,
            TimeSpan.FromMinutes(10 + (2 * gibibytes))
        );
        return _sandbox.RunAsync(Program, arguments, files, limits, mayGoOn, ct);
    }

    private static void Require(SandboxOutcome outcome, string what)
    {
        if (outcome.ExitCode == 0)
        {
            return;
        }

        var why = outcome.ExitCode switch
        {
            ProcessorTimeOver => "it took too much processor time",
            FileTooLarge => "it wrote more than the disk of the image",
            > Killed => $"signal {outcome.ExitCode - Killed} ended it",
            _ => outcome.Error.Length > 0 ? outcome.Error : $"exit code {outcome.ExitCode}",
        };
        throw new FedSiteException(
            $"qemu-img could not {what}: {why}",
            "If it stays so, leave `images.formats` of site.yaml empty to offer images as they come."
        );
    }
}
