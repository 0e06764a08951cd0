using System.CommandLine;

namespace FedSite.App;

/// <summary>The options that every command understands.</summary>
internal sealed record GlobalOptions
{
    private static readonly string[] Formats = ["table", "json", "csv", "junit"];

    public static readonly Option<string?> ConfigOption = new("--config")
    {
        Description = "Site configuration (default: $FEDSITE_CONFIG, /etc/fedsite/site.yaml, ./site.yaml)",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> OsCloudOption = new("--os-cloud")
    {
        Description = "Entry of clouds.yaml to use instead of the configuration's openstack",
        HelpName = "NAME",
        Recursive = true,
    };

    public static readonly Option<string?> OutputOption = new("--output")
    {
        Description = "Form of the result: table (default) or json; some commands offer csv or junit",
        HelpName = "FORMAT",
        Recursive = true,
    };

    public static readonly Option<bool> VerboseOption = Flag(
        "--verbose",
        "Tell more on standard error, details of failures too"
    );
    public static readonly Option<bool> QuietOption = Flag("--quiet", "Only errors on standard error");
    public static readonly Option<bool> NoColorOption = Flag(
        "--no-color",
        "No colours (also: NO_COLOR in the environment)"
    );
    public static readonly Option<bool> VersionOption = Flag("--version", "Print the version");
    public static readonly Option<bool> HelpOption = Flag("--help", "Print this help", "-h");

    public static IReadOnlyList<Option> All { get; } =
    [ConfigOption, OsCloudOption, OutputOption, VerboseOption, QuietOption, NoColorOption, VersionOption, HelpOption];

    static GlobalOptions() => OutputOption.CompletionSources.Add(Formats);

    /// <summary>Value of <c>--config</c>.</summary>
    public string? ConfigFile { get; private init; }

    /// <summary>Value of <c>--os-cloud</c>.</summary>
    public string? OsCloud { get; private init; }

    public OutputFormat Format { get; private init; }
    public bool Verbose { get; private init; }
    public bool Quiet { get; private init; }
    public bool NoColor { get; private init; }

    /// <summary>Reads them; <paramref name="problem"/> says what is wrong with their values.</summary>
    public static GlobalOptions Read(ParseResult arguments, AppCommand command, out string? problem)
    {
        var wanted = arguments.GetValue(OutputOption);
        var format = wanted is null ? OutputFormat.Table : (OutputFormat)Array.IndexOf(Formats, wanted);
        problem = null;
        if (!command.Formats.Contains(format))
        {
            problem =
                $"--output {wanted} is not offered here. Possible are: "
                + string.Join(", ", command.Formats.Select(f => Formats[(int)f]))
                + ".";
        }

        return new GlobalOptions
        {
            ConfigFile = arguments.GetValue(ConfigOption),
            OsCloud = arguments.GetValue(OsCloudOption),
            Format = format,
            Verbose = arguments.GetValue(VerboseOption),
            Quiet = arguments.GetValue(QuietOption),
            NoColor = arguments.GetValue(NoColorOption),
        };
    }

    private static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Recursive = true };
}
