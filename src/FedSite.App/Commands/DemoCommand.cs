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
        private int _step;

        private string SiteYaml => Path.Combine(folder, "site.yaml");

        public async Task<ExitCode> RunAsync(bool isKept, CancellationToken cancellationToken)
        {
            Tell(
                "A federation starts inside this process: an OpenStack cloud with 3 projects and 60 servers, and the "
                    + "messaging service. A test authority issues the host's certificate."
            );
            Directory.CreateDirectory(folder);
            var options = new SandboxOptions { Folder = folder, TimeProvider = context.Time };
            await using var sandbox = await FederationSandbox.StartAsync(options, cancellationToken);
            sandbox.WriteCloudsYaml(Path.Combine(folder, "clouds.yaml"));
            sandbox.WriteSiteYaml(SiteYaml);
            Say($"Keystone: {sandbox.KeystoneUrl}\nConfiguration: {SiteYaml}\n");
            Say(Indent(await File.ReadAllTextAsync(SiteYaml, cancellationToken)));

            Tell("Is the site ready?");
            var worst = await FedSiteAsync(cancellationToken, "check");

            Tell("Read the usage, make records of it, sign and deliver them.");
            worst = Worse(worst, await FedSiteAsync(cancellationToken, "accounting", "publish"));

            Tell("The machines' records of this run.");
            worst = Worse(worst, await FedSiteAsync(cancellationToken, "accounting", "show", "--kind", "cloud"));

            Tell("What the accounting portal should show of it.");
            worst = Worse(worst, await FedSiteAsync(cancellationToken, "accounting", "summary"));

            Tell(
                "What the messaging service has received. Each message is verified as the accounting repository does."
            );
            worst = Worse(worst, await ShowDeliveredAsync(sandbox, cancellationToken));
            GoOn(isKept);
            return worst;
        }

        private async Task<ExitCode> ShowDeliveredAsync(FederationSandbox sandbox, CancellationToken cancellationToken)
        {
            var delivered = Path.Combine(folder, "delivered");
            Directory.CreateDirectory(delivered);
            var messages = sandbox.Ams.Delivered;
            var worst = messages.Count > 0 ? ExitCode.Done : ExitCode.Failed;
            Say($"{messages.Count} messages arrived.\n");
            var number = 0;
            foreach (var message in messages)
            {
                number++;
                var file = Path.Combine(delivered, string.Create(CultureInfo.InvariantCulture, $"{number:000}.eml"));
                await File.WriteAllBytesAsync(file, message.Data.ToArray(), cancellationToken);
                if (number <= Shown)
                {
                    var trust = Path.Combine(folder, "certificates");
                    worst = Worse(
                        worst,
                        await FedSiteAsync(cancellationToken, "messages", "verify", file, "--trust", trust)
                    );
                }
            }

            return worst;
        }

        private void GoOn(bool isKept)
        {
            Tell("Where to go next");
            var kept = isKept
                ? $"  Look at what is left in {folder}.\n"
                : "  fedsite demo --dir ./demo     keeps all files of this demo\n";
            Say(
                kept
                    + "  fedsite init                  writes a site.yaml for your own cloud\n"
                    + "  fedsite check                 tells whether it is ready\n"
                    + "  fedsite accounting publish    is the line for cron\n"
                    + "  fedsite sandbox run           keeps a sandbox running to try things on\n"
            );
        }

        /// <summary>Runs a command line as a user would.</summary>
        private async Task<ExitCode> FedSiteAsync(CancellationToken cancellationToken, params string[] words)
        {
            var shown = string.Join(' ', words).Replace(folder + "/", "", StringComparison.Ordinal);
            Say($"$ fedsite {shown}\n");
            context.Output.Flush();
            var args = new List<string>(words) { "--config", SiteYaml };
            if (context.Options.NoColor)
                args.Add("--no-color");
            args.Add(context.Options.Verbose ? "--verbose" : "--quiet");
            var outcome = await CommandLine.RunAsync(args, context.Terminal, context.Time, cancellationToken);
            Say(outcome == ExitCode.Done ? "" : $"(exit code {(int)outcome})\n");
            return outcome;
        }

        private void Tell(string text) => Say(string.Create(CultureInfo.InvariantCulture, $"\n[{++_step}] {text}\n\n"));

        private void Say(string text) => context.Output.Text(text);

        private static string Indent(string text) =>
            string.Concat(text.TrimEnd().Split('\n').Select(line => $"    {line}\n"));

        private static ExitCode Worse(ExitCode a, ExitCode b) => a == ExitCode.Done ? b : a;
    }
}
