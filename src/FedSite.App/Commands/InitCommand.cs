using System.CommandLine;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Federation.Catchall;

namespace FedSite.App.Commands;

/// <summary><c>fedsite init</c>: writes a commented <c>site.yaml</c>.</summary>
internal static class InitCommand
{
    private static readonly Option<string?> Site = Value("--site", "NAME", "Site name as in GOCDB");
    private static readonly Option<string?> Cloud = Value(
        "--cloud",
        "NAME",
        "Entry of clouds.yaml that reaches the cloud"
    );
    private static readonly Option<string?> AuthUrl = Value(
        "--auth-url",
        "URL",
        "Keystone's URL, when there is no clouds.yaml"
    );
    private static readonly Option<string?> Username = Value(
        "--username",
        "NAME",
        "Keystone user (default: accounting)"
    );
    private static readonly Option<string?> Catchall = Value(
        "--catchall",
        "FILE",
        "The site's file of EGI's central operations: its name, VOs and projects are taken from there"
    );
    private static readonly Option<string?> OutputFile = Value(
        "--output-file",
        "FILE",
        "Where to write it (default: /etc/fedsite/site.yaml for root, else ./site.yaml)"
    );
    private static readonly Option<bool> Force = new("--force") { Description = "Replace the file if it exists" };

    public static AppCommand Create() =>
        new("init", "Writes a commented site.yaml; asks what the options do not say.")
        {
            Options = { Site, Cloud, AuthUrl, Username, Catchall, OutputFile, Force },
            Formats = [OutputFormat.Table],
            Examples =
            [
                new("fedsite init", "Asks a few questions"),
                new(
                    "fedsite init --site EXAMPLE-SITE --cloud example",
                    "Without questions, credentials in clouds.yaml"
                ),
                new(
                    "fedsite init --site EXAMPLE-SITE --auth-url https://keystone.example.org:5000/v3 --output-file site.yaml",
                    "Credentials in site.yaml; the password stays in $OS_PASSWORD"
                ),
                new(
                    "fedsite init --catchall sites/EXAMPLE-SITE.yaml --cloud example",
                    "With the VOs and projects that the central operations know"
                ),
            ],
            Run = (context, arguments, cancellationToken) => RunAsync(context, arguments, cancellationToken),
        };

    private static async Task<ExitCode> RunAsync(
        CommandContext context,
        ParseResult arguments,
        CancellationToken cancellationToken
    )
    {
        var site = arguments.GetValue(Site);
        var cloud = arguments.GetValue(Cloud) ?? context.Options.OsCloud;
        var url = arguments.GetValue(AuthUrl);
        var user = arguments.GetValue(Username);
        if (cloud is not null && (url is not null || user is not null))
            return context.Fail(
                "--cloud excludes --auth-url and --username.",
                "The entry of clouds.yaml says both.",
                ExitCode.Usage
            );
        if (site is not null && arguments.GetValue(Catchall) is not null)
            return context.Fail("--catchall excludes --site.", "The file has the site's name.", ExitCode.Usage);
        var catchall = arguments.GetValue(Catchall) is { } file ? CatchallFile.Load(file) : null;
        site ??= catchall?.Site.Name;
        if (site is null && !context.Terminal.InIsTerminal)
            return context.Fail("--site is missing, and there is nobody to ask.", "Give --site NAME.", ExitCode.Usage);
        var path = Path.GetFullPath(arguments.GetValue(OutputFile) ?? DefaultFile());
        if (context.Terminal.InIsTerminal)
        {
            site ??= await AskAsync(context, "Site name as in GOCDB:", cancellationToken);
            if (cloud is null && url is null)
                cloud = await AskAsync(context, "Entry of clouds.yaml (empty: none):", cancellationToken);
            if (cloud is null && url is null)
                url = await AskAsync(context, "Keystone URL (empty: the OS_* variables say it):", cancellationToken);
            if (url is not null)
                user ??= await AskAsync(context, "Keystone user (empty: accounting):", cancellationToken);
        }

        if (site is null)
            return context.Fail("A site needs a name.", "Give --site NAME.", ExitCode.Usage);
        var content = new NewSiteFile(site)
        {
            Cloud = cloud,
            AuthUrl = url,
            Username = user,
            Federation = catchall is null ? null : CatchallImport.Sections(catchall),
        };
        Write(content, path, arguments, context);
        context.Output.Line($"Wrote {path}.");
        foreach (var warning in catchall?.Warnings ?? [])
            context.Console.Line($"warning: {warning}", Tone.Warning);
        Advise(context, path, url is not null);
        return ExitCode.Done;
    }

    private static void Write(NewSiteFile content, string path, ParseResult arguments, CommandContext context)
    {
        try
        {
            content.Write(path, arguments.GetValue(Force), context.Host);
        }
        // Places are those of a file that nobody sees.
        catch (ConfigurationException e) when (e.Problems.Count > 0)
        {
            var words = e
                .Problems.Where(problem => problem.Severity == ProblemSeverity.Error)
                .Select(problem => problem.Key is { } key ? $"{key}: {problem.Message}" : problem.Message);
            var source = arguments.GetValue(Catchall) is { } file
                ? $"{file}, or an option,"
                : "An option, or an answer,";
            throw new FedSiteException(
                $"{source} says what can't stand in site.yaml: {string.Join("; ", words)}.",
                "Correct it there: `fedsite init --help` has examples.",
                ExitCode.Usage,
                e
            );
        }
    }

    private static void Advise(CommandContext context, string path, bool needsPassword)
    {
        if (context.Options.Quiet)
            return;
        if (needsPassword)
            context.Console.Line("The password is not in it: set OS_PASSWORD, or write `!file PATH` there.");
        context.Console.Line($"Next: fedsite config validate --config {path}");
    }

    private static string DefaultFile() => Environment.IsPrivilegedProcess ? SiteFile.SystemPath : "site.yaml";

    private static async Task<string?> AskAsync(
        CommandContext context,
        string question,
        CancellationToken cancellationToken
    )
    {
        context.Console.Line(question);
        var answer = await context.Terminal.In.ReadLineAsync(cancellationToken);
        return string.IsNullOrWhiteSpace(answer) ? null : answer.Trim();
    }

    private static Option<string?> Value(string name, string form, string description) =>
        new(name) { HelpName = form, Description = description };
}
