using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using FedSite.App;
using FedSite.Sandbox;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace FedSite.Tests.Architecture;

/// <summary>Who may know whom. There are no layer projects to hold it, so these do.</summary>
public sealed class ArchitectureTests
{
    private const string OpenStack = @"^FedSite\.OpenStack(\.|$)";
    private const string Ams = @"^FedSite\.Ams(\.|$)";
    private const string Oci = @"^FedSite\.Oci(\.|$)";
    private const string Grid = @"^FedSite\.Grid(\.|$)";
    private const string Configuration = @"^FedSite\.Configuration(\.|$)";
    private const string State = @"^FedSite\.State(\.|$)";
    private const string Accounting = @"^FedSite\.Accounting(\.|$)";
    private const string Messages = @"^FedSite\.Messages(\.|$)";
    private const string Checks = @"^FedSite\.Checks(\.|$)";
    private const string Information = @"^FedSite\.Information(\.|$)";
    private const string Images = @"^FedSite\.Images(\.|$)";
    private const string Federation = @"^FedSite\.Federation(\.|$)";

    private static readonly System.Reflection.Assembly Library = typeof(FedSiteException).Assembly;
    private static readonly System.Reflection.Assembly Program = typeof(AppCommand).Assembly;
    private static readonly System.Reflection.Assembly SandboxLibrary = typeof(SandboxOptions).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Product = new ArchLoader()
        .LoadAssemblies(Library, Program, SandboxLibrary)
        .Build();

    [Theory]
    [InlineData(OpenStack, $"{Ams}|{Accounting}|{Messages}|{Checks}|{State}|{Information}|{Oci}|{Images}")]
    [InlineData(Ams, $"{OpenStack}|{Accounting}|{Messages}|{Checks}|{State}|{Information}|{Oci}|{Images}")]
    [InlineData(Oci, $"{Ams}|{Configuration}|{Accounting}|{Messages}|{Checks}|{State}|{Information}|{Images}")]
    [InlineData(
        Grid,
        $"{OpenStack}|{Ams}|{Accounting}|{Messages}|{Checks}|{State}|{Configuration}|{Information}|{Oci}|{Images}"
    )]
    [InlineData(
        State,
        $"{OpenStack}|{Ams}|{Accounting}|{Messages}|{Checks}|{Grid}|{Configuration}|{Information}|{Oci}|{Images}"
    )]
    // The configuration makes the credentials of the cloud: those it may know.
    [InlineData(Configuration, $"{Ams}|{Accounting}|{Messages}|{Checks}|{State}|{Information}|{Oci}|{Images}")]
    [InlineData(Messages, $"{OpenStack}|{Accounting}|{Checks}|{Information}|{Oci}|{Images}")]
    [InlineData(Accounting, $"{Ams}|{Checks}|{Information}|{Oci}|{Images}")]
    [InlineData(Information, $"{Ams}|{Messages}|{Checks}|{Oci}|{Images}")]
    [InlineData(Images, $"{Ams}|{Accounting}|{Messages}|{Checks}")]
    [InlineData(Federation, $"{Ams}|{Messages}|{Checks}|{Oci}|{Images}")]
    [InlineData(Accounting, Federation)]
    public void Knowledge_points_one_way(string those, string notThese) =>
        Check(
            Types()
                .That()
                .ResideInNamespaceMatching(those)
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespaceMatching(notThese)
                .WithoutRequiringPositiveResults()
        );

    /// <summary>What a site says about itself and what it offers must be for the same projects.</summary>
    [Fact]
    public void Of_information_images_know_how_projects_and_accounts_of_VOs_are_found_alone() =>
        KnowsOf(
            Images,
            Information,
            @"^FedSite\.Information\.(VoProjects|KnownShare|InformationAccounts|ProjectSource|ProjectFacts|VoFailure)$"
        );

    /// <summary>Both book by VO: which project is whose must not differ between usage and offers.</summary>
    [Fact]
    public void Of_accounting_information_knows_how_VOs_of_projects_are_found_alone() =>
        KnowsOf(Information, Accounting, @"^FedSite\.Accounting\.VoOfProject$");

    /// <summary>The central operations' file has the endpoint as GOCDB has it, and so has the site's information.</summary>
    [Fact]
    public void Of_information_the_federation_knows_how_GOCDB_is_asked_alone() =>
        KnowsOf(Federation, Information, @"^FedSite\.Information\.Gocdb\.Gocdb(Client|Service)$");

    /// <summary>A project is closed once its usage is delivered, and is of those VOs that it is accounted for.</summary>
    [Fact]
    public void Of_accounting_the_federation_knows_whose_a_project_is_and_whether_it_is_delivered_alone() =>
        KnowsOf(Federation, Accounting, @"^FedSite\.Accounting\.(VoOfProject|ProjectDelivery)$");

    /// <summary>What leaves the site is offered to nobody, and by nobody.</summary>
    [Fact]
    public void Of_the_federation_information_and_images_know_who_leaves_alone() =>
        KnowsOf($"{Information}|{Images}", Federation, @"^FedSite\.Federation\.Retirement\.RetirementStore$");

    /// <summary>It repeats requests, and puts failed connections into words, as the cloud's client does.</summary>
    [Fact]
    public void Of_the_cloud_a_registrys_client_knows_how_HTTP_fails_alone() =>
        KnowsOf(
            Oci,
            OpenStack,
            @"^FedSite\.OpenStack\.(HttpRetries|RetryTerms|JudgedAnswer|ConnectionFailures|CloudTrust)(\W|$)"
        );

    [Fact]
    public void The_library_knows_neither_program_nor_sandbox() =>
        Check(
            Types()
                .That()
                .ResideInAssembly(Library)
                .Should()
                .NotDependOnAny(Types().That().ResideInAssembly(Program, SandboxLibrary))
        );

    [Fact]
    public void The_sandbox_does_not_know_the_program() =>
        Check(
            Types()
                .That()
                .ResideInAssembly(SandboxLibrary)
                .Should()
                .NotDependOnAny(Types().That().ResideInAssembly(Program))
        );

    [Fact]
    public void The_library_knows_no_terminal_and_no_web_server()
    {
        string[] foreign =
        [
            "System.CommandLine",
            "Spectre.Console",
            "Microsoft.AspNetCore.Server.Kestrel.Core",
            "Microsoft.AspNetCore",
        ];
        Assert.DoesNotContain(
            Library.GetReferencedAssemblies(),
            name => foreign.Any(f => name.Name == f || name.Name!.StartsWith(f + ".", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("library")]
    [InlineData("sandbox")]
    public void Only_the_program_uses_the_console(string which)
    {
        var assembly = which == "library" ? Library : SandboxLibrary;
        Assert.DoesNotContain("System.Console", assembly.GetReferencedAssemblies().Select(name => name.Name));
    }

    [Fact]
    public void Names_say_what_a_type_is() =>
        Check(
            Types()
                .That()
                .HaveNameMatching("(Manager|Helper|Helpers|Util|Utils|Utility|Base|Impl)$")
                .Should()
                .NotExist()
        );

    private static void KnowsOf(string those, string others, string these) =>
        Check(
            Types()
                .That()
                .ResideInNamespaceMatching(those)
                .Should()
                .NotDependOnAny(Types().That().ResideInNamespaceMatching(others).And().DoNotHaveFullNameMatching(these))
        );

    private static void Check(IArchRule rule) => rule.Check(Product);
}
