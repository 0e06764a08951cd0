using System.CommandLine;
using FedSite.Federation.Plans;

namespace FedSite.App.Commands;

/// <summary>What a plan is about, as options.</summary>
internal sealed class PlanOptions
{
    public PlanOptions()
    {
        Only.AcceptOnlyFromAmong("federation", "vos", "flavors");
    }

    public Option<string?> Only { get; } =
        new("--only")
        {
            Description =
                "Only one part: federation (provider, mapping, auditors), vos (groups, projects, roles, quotas, networks) or flavors",
            HelpName = "PART",
        };

    public Option<string?> Vo { get; } = new("--vo") { Description = "Only this VO of site.yaml", HelpName = "VO" };

    public Option<bool> Prune { get; } =
        new("--prune") { Description = "Remove what was made or adopted and that site.yaml no longer names" };

    public Option<bool> Force { get; } =
        new("--force") { Description = "Make quotas less than what is used today, where the file says so" };

    public bool AreGiven(ParseResult arguments) =>
        arguments.GetValue(Only) is not null
        || arguments.GetValue(Vo) is not null
        || arguments.GetValue(Prune)
        || arguments.GetValue(Force);

    public PlanScope Scope(ParseResult arguments)
    {
        var part = arguments.GetValue(Only) switch
        {
            "federation" => PlanPart.Federation,
            "vos" => PlanPart.Vos,
            "flavors" => PlanPart.Flavors,
            _ => (PlanPart?)null,
        };
        var scope = new PlanScope(part, arguments.GetValue(Vo), arguments.GetValue(Prune))
        {
            Force = arguments.GetValue(Force),
        };
        if (scope is { Prune: true, Part: not null } or { Prune: true, Vo: not null })
        {
            throw new FedSiteException(
                "--prune looks at everything that site.yaml names; it can't be combined with --only or --vo.",
                "Leave one of them out.",
                ExitCode.Usage
            );
        }

        if (scope is { Part: PlanPart.Federation, Vo: not null })
        {
            throw new FedSiteException(
                "--vo is about a VO's objects; --only federation leaves those out.",
                "Leave one of them out.",
                ExitCode.Usage
            );
        }

        return scope;
    }
}
