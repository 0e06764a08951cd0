using System.CommandLine;

namespace FedSite.App;

/// <summary>The options that every command understands.</summary>
internal sealed record GlobalOptions
{
    private const string Config = "--config";
    private const string OsCloudName = "--os-cloud";
    private const string Output = "--output";
    private const string VerboseFlag = "--verbose";
    private const string QuietFlag = "--quiet";
    private const string NoColorFlag = "--no-color";
    private const string VersionFlag = "--version";
    private const string HelpFlag = "--help";
    private static readonly string[] Formats = ["table", "json", "junit", "csv"];

    private const string FormOfResult = "Form of the result: table (default)";

    /// <summary>Value of <c>--config</c>.</summary>
    public string? ConfigFile { get; private init; }

    /// <summary>Value of <c>--os-cloud</c>.</summary>
    public string? OsCloud { get; private init; }

    public OutputFormat Format { get; private init; }
    public bool Verbose { get; private init; }
    public bool Quiet { get; private init; }
    public bool NoColor { get; private init; }
    public bool Version { get; private init; }
    public bool Help { get; private init; }

    /// <summary>Makes them known to the whole tree of commands.</summary>
    public static void AddTo(Command root)
    {
        root.Options.Add(
            Text(Config, "FILE", "Site configuration (default: $FEDSITE_CONFIG, /etc/fedsite/site.yaml, ./site.yaml)")
        );
        root.Options.Add(
            Text(OsCloudName, "NAME", "Entry of clouds.yaml to use instead of the configuration's openstack")
        );
        var output = Text(Output, "FORMAT", $"{FormOfResult} or json; check also offers junit");
        output.CompletionSources.Add(Formats);
        root.Options.Add(output);
        root.Options.Add(Flag(VerboseFlag, "Tell more on standard error, details of failures too"));
        root.Options.Add(Flag(QuietFlag, "Only warnings and errors on standard error"));
        root.Options.Add(Flag(NoColorFlag, "No colours (also: NO_COLOR in the environment)"));
        root.Options.Add(Flag(VersionFlag, "Print the version"));
        root.Options.Add(Flag(HelpFlag, "Print this help", "-h"));
    }

    /// <summary>Reads them; <paramref name="problem"/> says what is wrong with their values.</summary>
    public static GlobalOptions Read(ParseResult arguments, AppCommand command, out string? problem)
    {
        var wanted = arguments.GetValue<string?>(Output);
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
            ConfigFile = arguments.GetValue<string?>(Config),
            OsCloud = arguments.GetValue<string?>(OsCloudName),
            Format = format,
            Verbose = arguments.GetValue<bool>(VerboseFlag),
            Quiet = arguments.GetValue<bool>(QuietFlag),
            NoColor = arguments.GetValue<bool>(NoColorFlag),
            Version = arguments.GetValue<bool>(VersionFlag),
            Help = arguments.GetValue<bool>(HelpFlag),
        };
    }

    /// <summary>What <c>--help</c> of a command says of an option: of <c>--output</c> its own formats, where it has others.</summary>
    public static string? Describe(Option option, AppCommand command)
    {
        if (option.Name != Output || command.Formats.Count < 3)
            return option.Description;
        var others = command.Formats.Skip(1).Select(format => Formats[(int)format]).ToList();
        return $"{FormOfResult}, {string.Join(", ", others.SkipLast(1))} or {others[^1]}";
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Recursive = true,
        };

    private static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Recursive = true };
}
