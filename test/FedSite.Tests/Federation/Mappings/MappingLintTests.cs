using System.Text;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.Federation.Mappings;
using FedSite.TestKit;

namespace FedSite.Tests.Federation.Mappings;

public sealed class MappingLintTests
{
    private const string Issuer = "https://aai.egi.eu/auth/realms/egi";
    private const string Vo = @"^urn:mace:egi\\.eu:group:vo\\.example\\.eu:role=member#aai\\.egi\\.eu$";
    private const string Sub = """{"type": "HTTP_OIDC_SUB"}""";
    private const string Iss = $$"""{"type": "HTTP_OIDC_ISS", "any_one_of": ["{{Issuer}}"]}""";
    private const string Email = """{"type": "HTTP_OIDC_EMAIL"}""";

    private static readonly string Old = Entitled("OIDC-eduperson_entitlement", Vo);
    private static readonly string New = Entitled("OIDC-entitlements", Vo);

    private static readonly LintContext Known = new()
    {
        Deployment = Deployment.ModWsgi,
        RemoteIds = [Issuer],
        Groups = [new("g1", "vo", "d1", "egi.eu", HasRole: true), new("g2", "idle", "d1", "egi.eu", HasRole: false)],
        VoEntitlements = new Dictionary<string, IReadOnlyList<string>>
        {
            ["vo.example.eu"] = ["urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu"],
        },
    };

    /// <summary>For each fault a mapping that has it, and the nearest one that hasn't.</summary>
    public static TheoryData<LintRule, string, string> Faults()
    {
        var data = new TheoryData<LintRule, string, string>();
        void Add(LintRule rule, string bad, string good) => data.Add(rule, $"[{bad}]", $"[{good}]");
        void AddKey(LintRule rule, string bad, string good) =>
            Add(rule, Rule("g1", Sub, Iss, bad), Rule("g1", Sub, Iss, good));
        void AddLocal(LintRule rule, string bad, string good) => Add(rule, Local(bad, Sub, Iss), Local(good, Sub, Iss));

        AddKey(LintRules.Unanchored, Entitled("OIDC-entitlements", Vo.Trim('^', '$')), New);
        AddKey(LintRules.BareDot, Entitled("OIDC-entitlements", Vo.Replace(@"\\", "")), New);
        AddKey(LintRules.BrokenUrn, Entitled("OIDC-entitlements", Vo.Replace(":group", ": group")), New);
        AddKey(LintRules.OddUrn, Entitled("OIDC-entitlements", Vo.Replace(@"#aai\\.egi\\.eu", "")), New);
        AddKey(
            LintRules.LostKey,
            """{"type": "HTTP_OIDC_EDUPERSON_ENTITLEMENT"}""",
            """{"type": "OIDC-eduperson_entitlement"}"""
        );
        AddKey(LintRules.BadExpression, Entitled("OIDC-entitlements", "("), New);
        AddKey(LintRules.Undecided, Entitled("OIDC-entitlements", "^a++$"), Entitled("OIDC-entitlements", "^a+$"));
        AddKey(LintRules.EmailRequired, Email, """{"type": "HTTP_OIDC_NAME"}""");
        AddKey(LintRules.NeverMatches, """{"type": "X", "any_one_of": []}""", """{"type": "X", "any_one_of": ["a"]}""");
        AddKey(
            LintRules.NeverMatches,
            """{"type": "X", "any_one_of": ["a"]}, {"type": "X", "not_any_of": ["^a"], "regex": true}""",
            """{"type": "X", "any_one_of": ["a"]}, {"type": "X", "not_any_of": ["^b"], "regex": true}"""
        );
        AddKey(
            LintRules.NeverMatches,
            """{"type": "HTTP_OIDC_SUB", "any_one_of": ["a"]}, {"type": "HTTP_OIDC_SUB", "any_one_of": ["b"]}""",
            """{"type": "X", "any_one_of": ["a"]}, {"type": "X", "any_one_of": ["b"]}"""
        );
        AddKey(LintRules.NeverMatches, """{"type": "X", "whitelist": []}""", """{"type": "X", "whitelist": ["a"]}""");
        AddKey(LintRules.HeadersAlone, """{"type": "HTTP_OIDC_ENTITLEMENTS"}""", """{"type": "OIDC-entitlements"}""");
        AddKey(LintRules.OldClaim, Old, New);
        Add(LintRules.OldClaim, Rule("g1", Sub, Iss, Old), $"{Rule("g1", Sub, Iss, Old)}, {Rule("g1", Sub, Iss, New)}");
        Add(LintRules.DemoIssuer, Rule("g1", Sub, Iss.Replace("aai.", "aai-demo.")), Rule("g1", Sub, Iss));
        Add(LintRules.NoIssuer, Rule("g1", Sub, New), Rule("g1", Sub, Iss, New));
        AddLocal(LintRules.BadField, """{"user": {"name": "{1}"}}""", """{"user": {"name": "{0}"}}""");
        AddLocal(LintRules.BadField, """{"user": {"name": "{sub}"}}""", """{"user": {"name": "{{sub}}"}}""");
        AddLocal(LintRules.NoDomain, """{"groups": "{0}"}""", """{"groups": "{0}", "domain": {"name": "egi.eu"}}""");
        AddLocal(
            LintRules.NoUser,
            """{"group": {"id": "g1"}}""",
            """{"group": {"id": "g1"}}, {"user": {"id": "{0}"}}"""
        );
        Add(
            LintRules.Duplicate,
            $"{Rule("g1", Sub, Iss)}, {Rule("g1", Iss, Sub)}",
            $"{Rule("g1", Sub, Iss)}, {Rule("g3", Sub, Iss)}"
        );
        Add(
            LintRules.GivesNothing,
            $"{Rule("g1", Sub)}, {Rule("g1", Sub, New)}",
            $"{Rule("g1", Sub)}, {Rule("g2", Sub, New)}"
        );
        Add(
            LintRules.ManyProjects,
            $"{Local(Project("p"), Sub)}, {Local(Project("q"), Sub)}",
            $"{Local($"{Project("p")}, {Project("q")}", Sub)}"
        );
        var wide = Entitled("OIDC-entitlements", Vo.Replace(@"vo\\.", "[a-z.]*"));
        Add(
            LintRules.Overlap,
            $"{Rule("g1", Sub, New)}, {Rule("g2", Sub, wide)}",
            $"{Rule("g1", Sub, New)}, {Rule("g2", Sub, wide.Replace("member", "other"))}"
        );
        Add(
            LintRules.SameEntitlement,
            $"{Rule("g1", Sub, New)}, {Rule("g2", Sub, New)}",
            $"{Rule("g1", Sub, New)}, {Rule("g1", Sub, New)}"
        );
        return data;
    }

    /// <summary>Faults that can only be seen with facts of the cloud.</summary>
    public static TheoryData<LintRule, string, string> FaultsInACloud() =>
        new()
        {
            { LintRules.UnknownGroupId, $"[{Rule("gone", Sub, Iss)}]", $"[{Rule("g1", Sub, Iss)}]" },
            { LintRules.UnknownGroupName, $"[{Named("vo", "other")}]", $"[{Named("vo", "egi.eu")}]" },
            { LintRules.UnknownGroupName, $"[{Named("typo", "egi.eu")}]", $"[{Named("{0}", "egi.eu")}]" },
            { LintRules.GroupWithoutRole, $"[{Rule("g2", Sub, Iss)}]", $"[{Rule("g1", Sub, Iss)}]" },
            {
                LintRules.StrangeIssuer,
                $"[{Rule("g1", Sub, Iss.Replace("aai.", "aai-demo."))}]",
                $"[{Rule("g1", Sub, Iss)}]"
            },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named_and_its_absence_is_not(LintRule rule, string bad, string good)
    {
        Assert.Contains(Lint(bad, LintContext.Nothing), finding => finding.Id == rule.Id);
        Assert.DoesNotContain(Lint(good, LintContext.Nothing), finding => finding.Id == rule.Id);
    }

    [Theory]
    [MemberData(nameof(FaultsInACloud))]
    public void A_fault_that_the_cloud_shows_is_named_with_its_facts_alone(LintRule rule, string bad, string good)
    {
        Assert.Contains(Lint(bad, Known), finding => finding.Id == rule.Id);
        Assert.DoesNotContain(Lint(good, Known), finding => finding.Id == rule.Id);
        Assert.DoesNotContain(Lint(bad, LintContext.Nothing), finding => finding.Id == rule.Id);
    }

    [Fact]
    public void Every_fault_has_a_bad_and_a_good_example()
    {
        var tested = Faults()
            .Concat(FaultsInACloud())
            .Select(row => row.Data.Item1.Id)
            .Append(LintRules.NoRemoteIds.Id);

        Assert.Equal(LintRules.All.Select(rule => rule.Id), tested.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_identity_provider_without_remote_ids_is_an_error_that_one_with_an_id_has_not()
    {
        var mapping = $"[{Rule("g1", Sub, Iss, New)}]";

        Assert.Equal(LintRules.NoRemoteIds.Id, Assert.Single(Lint(mapping, Known with { RemoteIds = [] })).Id);
        Assert.Empty(Lint(mapping, Known));
    }

    [Fact]
    public void A_look_alike_that_is_named_does_get_in()
    {
        var finding = Assert.Single(
            Lint($"[{Rule("g1", Sub, Iss, Entitled("OIDC-entitlements", Vo.Trim('$')))}]", Known)
        );

        Assert.EndsWith(
            "takes urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eux too.",
            finding.What,
            StringComparison.Ordinal
        );
        Assert.Equal((0, LintSeverity.Error), (finding.Rule, finding.Severity));
    }

    [Fact]
    public void Who_hangs_on_the_old_claim_is_called_by_the_VO()
    {
        var finding = Assert.Single(Lint($"[{Rule("g1", Sub, Iss, Old)}]", Known));

        Assert.Equal("vo.example.eu hangs on eduperson_entitlement alone.", finding.What);
    }

    [Theory]
    [InlineData(Deployment.ModWsgi, false)]
    [InlineData(Deployment.ProxyHttp, true)]
    public void Whether_a_key_arrives_depends_on_the_deployment(Deployment deployment, bool lost)
    {
        var findings = Lint($"[{Rule("g1", Sub, Iss, New)}]", Known with { Deployment = deployment });

        Assert.Equal(lost, findings.Any(finding => finding.Id == LintRules.LostKey.Id));
    }

    [Theory]
    [InlineData(Deployment.ModWsgi)]
    [InlineData(Deployment.ProxyUwsgi)]
    public void What_FedSite_writes_has_no_fault(Deployment deployment)
    {
        var config = new FederationConfig
        {
            Keystone = "https://keystone.example.org:5000/v3",
            Deployment = deployment,
        };
        string[] entitlements =
        [
            "urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu",
            "urn:mace:egi.eu:group:vo.example.eu:sub+group:role=vm_operator#aai.egi.eu",
        ];
        var rules = MappingRules.Of([Issuer], config, [new([entitlements[0]], "g1"), new([entitlements[1]], "g3")]);
        var groups = Known.Groups!.Append(new KnownGroup("g3", "other", "d1", "egi.eu", HasRole: true)).ToList();

        Assert.Empty(Lint(rules.ToJsonString(), Known with { Deployment = deployment, Groups = groups }));
    }

    [Fact]
    public void Ids_are_unique() =>
        Assert.Equal(LintRules.All.Count, LintRules.All.Select(rule => rule.Id).Distinct().Count());

    [Fact]
    public void Documentation_has_every_fault()
    {
        var rows = LintRules.All.Select(rule =>
            $"| {rule.Id} | {rule.Severity.ToString().ToLowerInvariant()} | {rule.Title} | {rule.Consequence} | {rule.Todo} |"
        );
        var page = File.ReadAllText(Golden.PathOf("../../docs/mapping.md"));

        Assert.Contains(string.Join('\n', rows), page, StringComparison.Ordinal);
    }

    private static IReadOnlyList<LintFinding> Lint(string mapping, LintContext context) =>
        MappingLint.Check(MappingDocument.Parse(Encoding.UTF8.GetBytes(mapping), "mapping"), context);

    private static string Rule(string group, params string[] remote) =>
        Local($$$"""{"user": {"name": "{0}"}, "group": {"id": "{{{group}}}"} }""", remote);

    private static string Named(string group, string domain) =>
        Local(
            $$$"""{"user": {"name": "{0}"}, "group": {"name": "{{{group}}}", "domain": {"name": "{{{domain}}}"} } }""",
            Sub,
            Iss
        );

    private static string Project(string name) => $$"""{"projects": [{"name": "{{name}}", "roles": []}]}""";

    private static string Local(string local, params string[] remote) =>
        $$"""{"local": [{{local}}], "remote": [{{string.Join(", ", remote)}}]}""";

    private static string Entitled(string key, string pattern) =>
        $$"""{"type": "{{key}}", "any_one_of": ["{{pattern}}"], "regex": true}""";
}
