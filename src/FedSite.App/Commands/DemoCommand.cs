using System.CommandLine;
using System.Globalization;
using FedSite.Sandbox;

namespace FedSite.App.Commands;

/// <summary><c>fedsite demo</c>: a site's first day, on a federation inside this process.</summary>
internal static class DemoCommand
{
    private const int Shown = 3;

    public static AppCommand Create()
    {
        var folder = new Option<string?>("--dir")
        {
            Description = "Folder to work in, kept afterwards (default: a temporary one, removed at the end)",
            HelpName = "DIR",
        };
        return new AppCommand("demo", "Shows the whole flow on the built-in sandbox; no cloud is needed.")
        {
            Options = { folder },
            Formats = [OutputFormat.Table],
            Examples =
            [
                new("fedsite demo", "See what FedSite does"),
                new("fedsite demo --dir ./demo", "Keep configuration, certificates and messages to look at"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                if (arguments.GetValue(folder) is { } kept)
                    return await new Demo(context, Path.GetFullPath(kept)).RunAsync(isKept: true, cancellationToken);
                var temporary = Directory.CreateTempSubdirectory("fedsite-demo-").FullName;
                try
                {
                    return await new Demo(context, temporary).RunAsync(isKept: false, cancellationToken);
                }
                finally
                {
                    Directory.Delete(temporary, recursive: true);
                }
            },
        };
    }

    private sealed class Demo(CommandContext context, string folder)
    {
        private readonly DemoShell _shell = new(context, folder);

        public async Task<ExitCode> RunAsync(bool isKept, CancellationToken cancellationToken)
        {
            _shell.Tell(
                "A federation starts inside this process: an OpenStack cloud with 3 projects and 60 servers, an OpenID "
                    + "provider, and the messaging service. A test authority issues the host's certificate."
            );
            Directory.CreateDirectory(folder);
            var options = new SandboxOptions { Folder = folder, TimeProvider = context.Time };
            await using var sandbox = await FederationSandbox.StartAsync(options, cancellationToken);
            sandbox.EvaluateMappings();
            sandbox.WriteCloudsYaml(_shell.FileOf("clouds.yaml"));
            sandbox.WriteSiteYaml(_shell.FileOf("site.yaml"));
            _shell.Say($"Keystone: {sandbox.KeystoneUrl}\nConfiguration: {_shell.FileOf("site.yaml")}\n");
            _shell.Show(await File.ReadAllTextAsync(_shell.FileOf("site.yaml"), cancellationToken));

            await new DemoFederation(context, _shell, sandbox).RunAsync(cancellationToken);

            _shell.Tell("Is the site ready?");
            await _shell.RunAsync(cancellationToken, "check");

            _shell.Tell("Read the usage, make records of it, sign and deliver them.");
            await _shell.RunAsync(cancellationToken, "accounting", "publish");

            _shell.Tell("The machines' records of this run.");
            await _shell.RunAsync(cancellationToken, "accounting", "show", "--kind", "cloud");

            _shell.Tell("What the accounting portal should show of it.");
            await _shell.RunAsync(cancellationToken, "accounting", "summary");

            _shell.Tell(
                "What the messaging service has received. Each message is verified as the accounting repository does."
            );
            await ShowDeliveredAsync(sandbox, cancellationToken);

            _shell.Tell("What does the site offer? The federation reads it in one document.");
            await _shell.RunAsync(cancellationToken, "info", "publish");
            await _shell.RunAsync(cancellationToken, "info", "validate", _shell.FileOf("site.json"));
            await _shell.RunAsync(cancellationToken, "info", "diff");

            _shell.Tell(
                "The communities' images: what would come into Glance, and then it does. Each is inspected on its way, and "
                    + "shared with the VOs' projects."
            );
            await _shell.RunAsync(Range.All, ExitCode.Differences, cancellationToken, "images", "plan");
            await _shell.RunAsync(cancellationToken, "images", "sync");
            _shell.Tell("A tag moves to a newer image: the new one comes first, only then the old one is hidden.");
            sandbox.Registry.PushExample("debian", "debian", "12", TimeSpan.Zero);
            await _shell.RunAsync(cancellationToken, "images", "sync");
            await _shell.RunAsync(cancellationToken, "images", "list");

            _shell.Tell("What may each VO have, what has it, and who owns what? What should somebody look at?");
            await _shell.RunAsync(..16, ExitCode.Done, cancellationToken, "vo", "quota", "--os-cloud", "sandbox-admin");
            await _shell.RunAsync(
                ..16,
                ExitCode.Differences,
                cancellationToken,
                "audit",
                "--older-than",
                "60d",
                "--os-cloud",
                "sandbox-admin"
            );
            GoOn(isKept);
            return _shell.Outcome;
        }

        private async Task ShowDeliveredAsync(FederationSandbox sandbox, CancellationToken cancellationToken)
        {
            var delivered = _shell.FileOf("delivered");
            Directory.CreateDirectory(delivered);
            var messages = sandbox.Ams.Delivered;
            _shell.Expect(messages.Count > 0);
            _shell.Say($"{messages.Count} messages arrived.\n");
            var number = 0;
            foreach (var message in messages)
            {
                number++;
                var file = Path.Combine(delivered, string.Create(CultureInfo.InvariantCulture, $"{number:000}.eml"));
                await File.WriteAllBytesAsync(file, message.Data.ToArray(), cancellationToken);
                if (number <= Shown)
                {
                    var trust = _shell.FileOf("certificates");
                    await _shell.RunAsync(cancellationToken, "messages", "verify", file, "--trust", trust);
                }
            }
        }

        private void GoOn(bool isKept)
        {
            _shell.Tell("Where to go next");
            var kept = isKept
                ? $"  Look at what is left in {folder}.\n"
                : "  fedsite demo --dir ./demo     keeps all files of this demo\n";
            _shell.Say(
                kept
                    + "  fedsite init                  writes a site.yaml for your own cloud\n"
                    + "  fedsite check                 tells whether it is ready\n"
                    + "  fedsite plan                  tells what it lacks to be joined to Check-in\n"
                    + "  fedsite accounting publish    is a line for cron\n"
                    + "  fedsite info publish          is another one\n"
                    + "  fedsite images sync           is the third\n"
                    + "  fedsite sandbox run           keeps a sandbox running to try things on\n"
            );
        }
    }
}
