using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.Sandbox;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.World;

namespace FedSite.App.Commands;

/// <summary><c>fedsite sandbox run</c>: a whole federation on this machine, until Ctrl-C.</summary>
internal static class SandboxRunCommand
{
    public static AppCommand Create()
    {
        var servers = Number("--servers", "N", "Servers in all projects, deleted ones included", 60, 0, 1_000_000_000);
        var projects = Number("--projects", "P", "Projects, each of a VO", 3, 1, 100_000);
        var users = Number("--users", "U", "Users in each project", 4, 1, 10_000);
        var flavors = Number("--flavors", "F", "Flavors", 12, 12, 10_000);
        var images = Number("--images", "I", "Images in Glance, nine of ten public", 30, 0, 100_000);
        var offered = Number("--registry-images", "R", "Images that the registry offers to all VOs", 3, 0, 10_000);
        var seed = Number("--seed", "S", "The same seed gives the same content", 1, long.MinValue);
        var port = Number("--port", "PORT", "First of twelve ports (default: any free ones)", 0, 0, 65_524);
        var latency = new Option<TimeSpan>("--latency")
        {
            Description = "Time added to each answer of the cloud, for instance 10ms or 1.5s",
            HelpName = "TIME",
            CustomParser = ParseTime,
        };
        var folder = new Option<string>("--dir")
        {
            Description = "Folder for site.yaml, clouds.yaml and certificates (default: fedsite-sandbox)",
            HelpName = "DIR",
            DefaultValueFactory = _ => "fedsite-sandbox",
        };
        return new AppCommand(
            "run",
            "Starts OpenStack, an OpenID provider and the messaging service in this process, until Ctrl-C."
        )
        {
            Options = { servers, projects, users, flavors, images, offered, seed, latency, folder, port },
            Examples =
            [
                new("fedsite sandbox run", "A small cloud to try things on"),
                new("fedsite sandbox run --servers 100000 --projects 100 --latency 50ms", "A large and distant one"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var options = new SandboxOptions
                {
                    Servers = arguments.GetValue(servers),
                    Projects = (int)arguments.GetValue(projects),
                    UsersPerProject = (int)arguments.GetValue(users),
                    Flavors = (int)arguments.GetValue(flavors),
                    Images = (int)arguments.GetValue(images),
                    RegistryImages = (int)arguments.GetValue(offered),
                    Seed = arguments.GetValue(seed),
                    Latency = arguments.GetValue(latency),
                    Folder = Path.GetFullPath(arguments.GetValue(folder)!),
                    FirstPort = (int)arguments.GetValue(port),
                    TimeProvider = context.Time,
                };
                return await RunAsync(context, options, cancellationToken);
            },
        };
    }

    private static async Task<ExitCode> RunAsync(
        CommandContext context,
        SandboxOptions options,
        CancellationToken cancellationToken
    )
    {
        await using var sandbox = await StartAsync(options, cancellationToken);
        var document = Describe(sandbox, options.Folder!);
        sandbox.WriteCloudsYaml(document.CloudsYaml);
        sandbox.WriteSiteYaml(document.SiteYaml);
        if (context.Options.Format == OutputFormat.Json)
        {
            context.Output.Json(document, SandboxJson.Default.SandboxDocument);
        }
        else
        {
            context.Output.Text(Welcome(document, sandbox));
        }
        context.Output.Flush();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The way to end it.
        }
        return ExitCode.Done;
    }

    private static async Task<FederationSandbox> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(options.Folder!);
            var sandbox = await FederationSandbox.StartAsync(options, cancellationToken);
            sandbox.EvaluateMappings();
            return sandbox;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"The sandbox cannot start: {e.Message}",
                "Choose another --dir or --port, or end the program that uses it.",
                inner: e
            );
        }
    }

    private static SandboxDocument Describe(FederationSandbox sandbox, string folder) =>
        new()
        {
            Keystone = sandbox.KeystoneUrl.ToString(),
            Nova = sandbox.NovaUrl.ToString(),
            Glance = sandbox.GlanceUrl.ToString(),
            Neutron = sandbox.NeutronUrl.ToString(),
            Cinder = sandbox.CinderUrl.ToString(),
            Swift = sandbox.SwiftUrl.ToString(),
            Store = sandbox.StoreUrl.ToString(),
            Registry = sandbox.RegistryUrl.ToString(),
            Gocdb = sandbox.GocdbUrl.ToString(),
            Ams = new(AmsSandbox.Host, sandbox.Ams.Port, sandbox.Ams.AuthPort, sandbox.Ams.Project),
            Issuer = sandbox.Logins!.Provider.Issuer,
            Region = FederationSandbox.Region,
            Users =
            [
                new(sandbox.World.Accounting.Name, CloudWorld.Password, "reader, member, accounting in each project"),
                new(sandbox.World.Admin.Name, CloudWorld.Password, "admin in project admin and of the system"),
                new(sandbox.World.Member.Name, CloudWorld.Password, "member of the first project"),
            ],
            Logins =
            [
                SandboxLogin.Of(sandbox.Logins.Member, "admitted once the federation is joined"),
                SandboxLogin.Of(sandbox.Logins.LookAlike, "refused: the entitlement only looks like it"),
            ],
            Projects = sandbox.World.SeededProjects.Count(),
            Servers = sandbox.World.GeneratedServers,
            SiteYaml = Path.Combine(folder, "site.yaml"),
            CloudsYaml = Path.Combine(folder, "clouds.yaml"),
            Certificate = sandbox.Messaging!.Host.CertificateFile,
            Key = sandbox.Messaging.Host.KeyFile,
            Trust = sandbox.Messaging.TrustFolder,
        };

    private static string Welcome(SandboxDocument document, FederationSandbox sandbox) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            A cloud with {document.Projects:N0} projects and {document.Servers:N0} servers (about 30 % of them deleted), and a federation.

              Keystone  {document.Keystone}
              Nova      {document.Nova}
              Glance    {document.Glance}
              Neutron   {document.Neutron}
              Cinder    {document.Cinder}
              Swift     {document.Swift}
              Store     {document.Store} (takes documents by PUT)
              Registry  {document.Registry} (VM images)
              GOCDB     {document.Gocdb}
              AMS       https://{document.Ams.Host}:{document.Ams.Port} (tokens: port {document.Ams.AuthPort}), project {document.Ams.Project}
              OpenID    {document.Issuer}

            Users {string.Join(
                ", ",
                document.Users.Select(u => u.Name)
            )}: password {CloudWorld.Password}, domain Default, region {document.Region};
            first project {sandbox.World.SeededProjects.First().Name}.

            Written: {document.SiteYaml}
                     {document.CloudsYaml}

            In another terminal:
              export FEDSITE_CONFIG={document.SiteYaml}
              export OS_CLIENT_CONFIG_FILE={document.CloudsYaml}
              fedsite accounting publish
              fedsite messages list
              openstack --os-cloud sandbox-project server list

            Keystone has no federation yet. To join it, and to see how it is joined:
              fedsite plan --os-cloud sandbox-admin
              fedsite apply --os-cloud sandbox-admin
              fedsite check --only federation --os-cloud sandbox-admin

            {document.Logins[0].AccessToken} is the access token of a member of {sandbox
                .World.SeededProjects.First()
                .Name},
            {document.Logins[1].AccessToken} that of somebody whose entitlement only looks like it. Who gets in, and why?
              openstack --os-cloud sandbox-oidc token issue
              openstack --os-cloud sandbox-lookalike token issue
              curl -i -H 'Authorization: Bearer {document.Logins[0].AccessToken}' {document.LoginUrl}
              echo {document.Logins[1].AccessToken} | fedsite federation explain --token - --os-cloud sandbox-admin

            Ctrl-C ends it.

            """
        );

    private static Option<long> Number(
        string name,
        string value,
        string description,
        long otherwise,
        long least,
        long most = long.MaxValue
    ) =>
        new(name)
        {
            Description = otherwise == 0 ? description : $"{description} (default: {otherwise})",
            HelpName = value,
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    long.TryParse(text, CultureInfo.InvariantCulture, out var number)
                    && number >= least
                    && number <= most
                )
                {
                    return number;
                }
                result.AddError($"{name} {text}: a whole number from {least} to {most} is needed.");
                return otherwise;
            },
        };

    private static TimeSpan ParseTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (number, unit) =
            text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1.0)
            : text.EndsWith('s') ? (text[..^1], 1000.0)
            : ("", 0);
        if (
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * unit < 600_000
        )
        {
            return TimeSpan.FromMilliseconds(value * unit);
        }
        result.AddError($"--latency {text} is no time: write 10ms or 1.5s, less than 10 minutes.");
        return default;
    }
}

/// <summary>The endpoints and files of a running sandbox, for <c>--output json</c>.</summary>
internal sealed record SandboxDocument
{
    public required string Keystone { get; init; }
    public required string Nova { get; init; }
    public required string Glance { get; init; }
    public required string Neutron { get; init; }
    public required string Cinder { get; init; }
    public required string Swift { get; init; }

    /// <summary>The web server that takes documents.</summary>
    public required string Store { get; init; }

    /// <summary>Of VM images.</summary>
    public required string Registry { get; init; }
    public required string Gocdb { get; init; }
    public required SandboxAms Ams { get; init; }

    /// <summary>The OpenID provider's.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where Keystone takes access tokens.</summary>
    public string LoginUrl =>
        $"{Keystone}/OS-FEDERATION/identity_providers/{SandboxLogins.Idp}/protocols/{SandboxLogins.Protocol}/auth";
    public required string Region { get; init; }
    public required IReadOnlyList<SandboxAccount> Users { get; init; }
    public required IReadOnlyList<SandboxLogin> Logins { get; init; }
    public required int Projects { get; init; }
    public required long Servers { get; init; }
    public required string SiteYaml { get; init; }
    public required string CloudsYaml { get; init; }
    public required string Certificate { get; init; }
    public required string Key { get; init; }
    public required string Trust { get; init; }
}

internal sealed record SandboxAms(string Host, int Port, int AuthPort, string Project);

internal sealed record SandboxAccount(string Name, string Password, string Roles);

internal sealed record SandboxLogin(string AccessToken, string Subject, string Entitlement, string Outcome)
{
    public static SandboxLogin Of(SandboxPerson person, string outcome) =>
        new(person.AccessToken, person.Subject, person.Entitlement, outcome);
}

[JsonSerializable(typeof(SandboxDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SandboxJson : JsonSerializerContext;
