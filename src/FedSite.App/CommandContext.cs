using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.State;
using Microsoft.Extensions.Logging;

namespace FedSite.App;

/// <summary>What a command has at hand. What it does not ask for is never loaded or opened.</summary>
internal sealed class CommandContext : IDisposable
{
    private readonly Lazy<ILoggerFactory> _loggers;
    private readonly Lazy<LoadedSite> _site;
    private StateDatabase? _state;

    public CommandContext(GlobalOptions options, Terminal terminal, TimeProvider time)
    {
        Options = options;
        Terminal = terminal;
        Time = time;
        var colors = !options.NoColor && terminal.WantsColors;
        Console = new ErrorConsole(terminal, colors);
        Output = new Output(terminal, options.Format, colors);
        _loggers = new(() => ConsoleLogging.CreateFactory(Console, options, time));
        _site = new(LoadSite);
    }

    public GlobalOptions Options { get; }
    public Terminal Terminal { get; }
    public TimeProvider Time { get; }

    /// <summary>Results: standard output.</summary>
    public Output Output { get; }

    /// <summary>Everything else: standard error.</summary>
    public ErrorConsole Console { get; }

    public ILoggerFactory Loggers => _loggers.Value;

    /// <summary>Shows how long work goes on. The caller disposes of it when the work has ended.</summary>
    /// <param name="what">What is being done, for instance <c>Reading servers</c>.</param>
    /// <param name="total">How many there are, if that is known.</param>
    public Progress Progress(string what, long? total = null) =>
        new(Console, Options.Quiet ? null : Loggers.CreateLogger("FedSite.Progress"), Time, what, total);

    /// <summary>Reports why the command fails; with <c>--output json</c> the document on standard output says it too.</summary>
    public ExitCode Fail(string message, string? nextStep, ExitCode exitCode)
    {
        Console.Error(message, nextStep);
        if (Options.Format == OutputFormat.Json && !Output.IsUsed)
        {
            Output.Json(
                new FailureDocument(new Failure(message, nextStep, (int)exitCode)),
                FailureJson.Default.FailureDocument
            );
        }

        return exitCode;
    }

    /// <summary>Variables and working folder of the process.</summary>
    public HostEnvironment Host => new(Terminal.Environment, Directory.GetCurrentDirectory());

    /// <summary>The site's configuration; tells its warnings.</summary>
    /// <exception cref="ConfigurationException">There is none, or it has errors.</exception>
    public LoadedSite LoadSite()
    {
        var site = SiteFile.Load(Options.ConfigFile, Host);
        if (!Options.Quiet)
        {
            foreach (var warning in site.Warnings)
                Console.Line($"warning: {warning}", Tone.Warning);
        }

        return site;
    }

    /// <summary>The site's configuration, read when first asked for.</summary>
    /// <exception cref="ConfigurationException">There is none, or it has errors.</exception>
    public SiteConfig Site => _site.Value.Config;

    /// <summary>There is a configuration that can be used.</summary>
    public bool HasSite
    {
        get
        {
            try
            {
                return Site is not null;
            }
            catch (ConfigurationException)
            {
                return false;
            }
        }
    }

    /// <summary>A connection to the cloud; the network is not touched yet. The caller disposes of it.</summary>
    /// <param name="own">The capability's own account; null: the site's <c>openstack</c>, or the environment.</param>
    /// <exception cref="ConfigurationException">No account is known.</exception>
    public OpenStackCloud ConnectCloud(OpenStackConfig? own = null) =>
        OpenStackCloud.Connect(FindCloud(own ?? Site.OpenStack), Time, Loggers);

    /// <summary>The state database, made and brought up to date when first asked for.</summary>
    /// <exception cref="FedSiteException">It can't be opened.</exception>
    public StateDatabase OpenState() => _state ??= StateDatabase.Open(Site.State!);

    /// <summary>Credentials of the cloud: <c>--os-cloud</c>, else the section, else the <c>OS_*</c> variables.</summary>
    /// <param name="section">A section <c>openstack</c> of the configuration.</param>
    /// <exception cref="ConfigurationException">Something is missing or contradictory.</exception>
    public CloudCredentials FindCloud(OpenStackConfig? section)
    {
        var credentials = CloudCredentialsSource.Resolve(section, Options.OsCloud, Host);
        // The warning about the section's own `verify: false` came with the file.
        if (!credentials.Verify && (section?.Verify is null || Options.OsCloud is not null) && !Options.Quiet)
        {
            Console.Line(
                $"warning: certificates of the cloud are not checked ({credentials.Origin} says so)",
                Tone.Warning
            );
        }

        return credentials;
    }

    public void Dispose()
    {
        if (_loggers.IsValueCreated)
            _loggers.Value.Dispose();
        Console.Dispose();
    }
}

/// <summary>The JSON document of a command that failed before it had a result.</summary>
internal sealed record FailureDocument(Failure Error);

internal sealed record Failure(string Message, string? NextStep, int ExitCode);

[JsonSerializable(typeof(FailureDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class FailureJson : JsonSerializerContext;
