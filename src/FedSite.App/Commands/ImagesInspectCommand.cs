using System.CommandLine;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Images.Inspection;

namespace FedSite.App.Commands;

/// <summary><c>fedsite images inspect</c>: what an image is, and whether it could harm those who open it.</summary>
internal static class ImagesInspectCommand
{
    public static AppCommand Create()
    {
        var from = new Argument<string>("FILE|URL")
        {
            Description = "File, or http(s) URL that is read without storing it; - reads standard input",
        };
        var declared = new Option<string?>("--declared")
        {
            Description = "Format that the publisher says it has, such as qcow2: another one is a danger",
            HelpName = "FORMAT",
        };
        var size = new Option<long?>("--size")
        {
            Description = "Bytes that the file should have",
            HelpName = "N",
            CustomParser = result =>
                ParseNumber(result.Tokens[0].Value)
                ?? Complain<long?>(result, $"--size {result.Tokens[0].Value}: a whole number of bytes is needed."),
        };
        var sha512 = new Option<string?>("--sha512")
        {
            Description = "Its SHA-512 digest as it should be, 128 hexadecimal digits",
            HelpName = "HEX",
            CustomParser = result =>
                result.Tokens[0].Value is { Length: 128 } digits && digits.All(char.IsAsciiHexDigit)
                    ? digits.ToLowerInvariant()
                    : Complain<string?>(result, "--sha512: 128 hexadecimal digits are needed."),
        };
        var maximum = new Option<long?>("--max-virtual")
        {
            Description =
                "Size that the disk may have, such as 500GiB (default: images.limits.virtual of a file given by --config, else 200GiB)",
            HelpName = "SIZE",
            CustomParser = result =>
                ByteSize.TryParse(result.Tokens[0].Value, out var limit) && limit.Bytes > 0
                    ? limit.Bytes
                    : Complain<long?>(
                        result,
                        $"--max-virtual {result.Tokens[0].Value}: a size is needed, for instance 500GiB."
                    ),
        };
        return new AppCommand(
            "inspect",
            "Tells what an image is, and whether it could harm those who open it. Exit 0: safe, 1: not safe."
        )
        {
            Arguments = { from },
            Options = { declared, size, sha512, maximum },
            Examples =
            [
                new("fedsite images inspect debian-12.qcow2", "What is it, and is it safe to open?"),
                new(
                    "fedsite images inspect https://images.example.org/debian-12.qcow2 --declared qcow2",
                    "The same before downloading it"
                ),
                new("xzcat disk.raw.xz | fedsite images inspect - --output json", "For a script"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var terms = new InspectionTerms
                {
                    Declared = arguments.GetValue(declared),
                    MaxVirtualSize = arguments.GetValue(maximum) ?? Limit(context),
                };
                using var input = await ImageInput.OpenAsync(
                    arguments.GetValue(from)!,
                    context.Terminal.InBytes,
                    context.Time,
                    cancellationToken
                );
                var view = await InspectAsync(
                    input,
                    terms,
                    new ExpectedContent(arguments.GetValue(size), arguments.GetValue(sha512)),
                    context,
                    cancellationToken
                );
                view.Show(context.Output, input.Name);
                return view.Safe ? ExitCode.Done : ExitCode.Failed;
            },
        };
    }

    // A site's configuration that merely lies about says nothing about this image.
    private static long Limit(CommandContext context) =>
        (context.Options.ConfigFile is null ? new ImageLimitsConfig() : context.Site.Images.Limits).Virtual.Bytes;

    private static async Task<InspectedImageView> InspectAsync(
        ImageInput input,
        InspectionTerms terms,
        ExpectedContent expected,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        using var progress = context.Progress("Reading MiB", input.Length >> 20);
        return InspectedImageView.Of(
            await InspectedImage.OfAsync(input, terms, expected, new Mebibytes(progress), cancellationToken)
        );
    }

    private static long? ParseNumber(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, provider: null, out var number) ? number : null;

    private static T? Complain<T>(System.CommandLine.Parsing.ArgumentResult result, string what)
    {
        result.AddError(what);
        return default;
    }

    private sealed class Mebibytes(Progress progress) : IProgress<long>
    {
        public void Report(long value) => progress.Report(value >> 20);
    }
}

/// <summary>An inspection, for people and for scripts.</summary>
/// <param name="Format">By its content.</param>
/// <param name="VirtualSize">Bytes of the disk.</param>
/// <param name="Safe">Nothing speaks against it.</param>
/// <param name="Findings">All that does.</param>
/// <param name="Size">Bytes of the file; null, as the digests: not all of it was read.</param>
/// <param name="Sha256">Hexadecimal.</param>
/// <param name="Sha512">Hexadecimal.</param>
internal sealed record InspectedImageView(
    string Format,
    long? VirtualSize,
    bool Safe,
    IReadOnlyList<ImageDanger> Findings,
    long? Size,
    string? Sha256,
    string? Sha512
)
{
    public static InspectedImageView Of(InspectedImage image) =>
        new(
            image.Inspection.Format,
            image.Inspection.VirtualSize,
            image.Inspection.IsSafe,
            image.Inspection.Findings,
            image.IsWhole ? image.Inspection.Size : null,
            image.Sha256,
            image.Sha512
        );

    public void Show(Output output, string name)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(this, InspectedImageJson.Default.InspectedImageView);
            return;
        }

        output.Line($"{name}: {Format}, {(Safe ? "safe" : "not safe")}");
        if (VirtualSize is { } disk)
            output.Line($"  disk: {disk} bytes");
        if (Size is { } size)
            output.Line($"  file: {size} bytes, sha256 {Sha256}, sha512 {Sha512}");
        foreach (var finding in Findings)
            output.Line($"{finding.Id}: {finding.Message}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InspectedImageView))]
internal sealed partial class InspectedImageJson : JsonSerializerContext;
