using System.CommandLine;
using System.Text;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Grid;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages verify</c>: who signed a message, and whether to believe it.</summary>
internal static class MessagesVerifyCommand
{
    public static AppCommand Create()
    {
        var file = new Argument<string>("FILE") { Description = "Signed message; - reads standard input" };
        var trust = new Option<string?>("--trust")
        {
            Description = "Folder of trusted authorities in IGTF layout (default: messaging.trust); needs no site.yaml",
            HelpName = "DIR",
        };
        var requireCrls = new Option<bool>("--require-crls")
        {
            Description = "Refuse when an authority has no revocation list",
        };
        return new AppCommand("verify", "Checks the signature of a message: signer, chain, validity, revocation.")
        {
            Arguments = { file },
            Options = { trust, requireCrls },
            Examples =
            [
                new("fedsite messages verify message.eml", "Who signed this, and is it intact?"),
                new(
                    "fedsite messages verify - --trust ./certificates --output json < message.eml",
                    "With other authorities, for a script, without a site.yaml"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var name = arguments.GetValue(file)!;
                var folder = TrustFolder.Load(arguments.GetValue(trust) ?? context.LoadSite().Config.Messaging.Trust);
                if (!context.Options.Quiet)
                {
                    foreach (var finding in folder.Findings)
                        context.Console.Line($"warning: {finding.Text}", Tone.Warning);
                }
                var wire = await ReadAsync(name, context.Terminal, cancellationToken);
                var check = SignedMessage.Verify(
                    wire,
                    folder,
                    context.Time.GetUtcNow(),
                    arguments.GetValue(requireCrls)
                );
                Show(context.Output, name, check);
                return check.IsValid ? ExitCode.Done : ExitCode.Failed;
            },
        };
    }

    private static async Task<byte[]> ReadAsync(string name, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = name == "-" ? terminal.InBytes : File.OpenRead(name);
            using var content = new MemoryStream();
            var chunk = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            {
                await content.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
                if (content.Length > SignedMessage.MaximumBytes)
                    throw new FedSiteException(
                        $"{name} is larger than {SignedMessage.MaximumBytes >> 20} MiB: no message."
                    );
            }
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"{name} cannot be read: {e.Message}",
                "Name the file of a signed message, or - for standard input.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static void Show(Output output, string name, SignatureCheck check)
    {
        if (output.Format == OutputFormat.Json)
        {
            var findings = check.Findings.Select(f => new VerifiedFinding(
                f.Id,
                f.IsError ? "error" : "warning",
                f.Text
            ));
            var document = new VerifiedMessage(
                name,
                check.IsValid,
                check.Signer?.Slash,
                check.Signer?.Authn,
                check.ClaimedSigner,
                check.SigningTime,
                check.IsValid ? Encoding.UTF8.GetString(check.Text.Span) : null,
                [.. findings]
            );
            output.Json(document, VerifiedMessageJson.Default.VerifiedMessage);
            return;
        }

        var table = new TextTable("what", "seen");
        table.Add("result", check.IsValid ? new Cell("accepted", Tone.Good) : new Cell("refused", Tone.Bad));
        if (check.Signer is { } signer)
        {
            table.Add("signer", signer.Slash);
            table.Add("signer, as AMS notes it", signer.Authn);
        }
        if (check.SigningTime is { } time)
            table.Add("signed at", $"{time:yyyy-MM-dd HH:mm:ss} UTC");
        if (check.IsValid)
            table.Add("text", $"{check.Text.Length} bytes");
        foreach (var finding in check.Findings)
            table.Add(
                finding.IsError ? "error" : "warning",
                new Cell(finding.Text, finding.IsError ? Tone.Bad : Tone.Warning)
            );
        output.Table(table);
    }
}

/// <summary>The JSON document of <c>messages verify</c>; signer and text are null when the message is refused.</summary>
internal sealed record VerifiedMessage(
    string File,
    bool Valid,
    string? Signer,
    string? SignerAuthn,
    string? ClaimedSigner,
    DateTimeOffset? SigningTime,
    string? Text,
    IReadOnlyList<VerifiedFinding> Findings
);

internal sealed record VerifiedFinding(string Id, string Severity, string Text);

[JsonSerializable(typeof(VerifiedMessage))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class VerifiedMessageJson : JsonSerializerContext;
