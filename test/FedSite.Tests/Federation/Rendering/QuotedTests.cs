using System.Text;
using System.Text.Json;
using CsCheck;
using FedSite.Configuration;
using FedSite.Federation.Rendering;

namespace FedSite.Tests.Federation.Rendering;

/// <summary>Whatever site.yaml says stays within its own directive, or is refused.</summary>
public class QuotedTests
{
    private static readonly string[] Attempts =
    [
        "\\",
        "\"",
        "\" OIDCClientSecret x",
        "a\\\" b",
        "${HOME}",
        "$(id)",
        "x\nInclude /etc/passwd",
        "</VirtualHost>",
    ];

    private static readonly Gen<string> Nasty = Gen.OneOf(
        Gen.String[Gen.Char["ab\"'\\$ {}%<>#;`!*?é"], 1, 12],
        Gen.String[Gen.Char["a\"\\\n\r\t\0\u2028\ud83d\ude00"], 1, 3],
        Gen.Int[0, Attempts.Length - 1].Select(i => Attempts[i])
    );

    [Fact]
    public void No_value_ends_its_directive()
    {
        var plain = Enum.GetValues<RenderTarget>()
            .Where(target => target != RenderTarget.TrustBundle)
            .ToDictionary(target => target, target => Shape(target, Site("id", "x", "/ca", "/dashboard")));
        Gen.Select(Nasty, Gen.Int[0, 3])
            .Sample(
                (text, which) =>
                {
                    string[] values = ["id", "x", "/ca", "/dashboard"];
                    values[which] = text;
                    var site = Site(values[0], values[1], values[2], values[3]);
                    return plain.All(expected => Shape(expected.Key, site) is not { } shape || shape == expected.Value);
                }
            );
    }

    [Fact]
    public void Apache_reads_the_value_that_was_meant() =>
        Nasty.Sample(text => Written(() => Quoted.Apache(text)) is not { } quoted || ApacheWord(quoted) == text);

    [Fact]
    public void Python_reads_the_value_that_was_meant() =>
        Nasty.Sample(text =>
            // What is written is JSON at the same time.
            Written(() => Quoted.Python(text)) is not { } quoted
            || JsonSerializer.Deserialize<string>(quoted, JsonSerializerOptions.Default) == text
        );

    [Theory]
    [InlineData("egi.eu", "egi\\.eu")]
    [InlineData("a\\b", "a\\\\\\\\b")]
    [InlineData("a\"b+", "a\\\"b\\+")]
    public void A_pattern_of_Apache_matches_its_text_alone(string text, string pattern) =>
        Assert.Equal(pattern, Quoted.ApachePattern(text));

    [Theory]
    [InlineData("/run/secrets/check in")]
    [InlineData("/run/$(id)")]
    [InlineData("relative")]
    public void A_path_that_programs_would_take_apart_is_refused(string path)
    {
        var e = Assert.Throws<FedSiteException>(() => Quoted.Path(path, "federation.client.secret"));

        Assert.Contains("federation.client.secret", e.Message, StringComparison.Ordinal);
    }

    private static LoadedSite Site(string client, string issuer, string ca, string horizon) =>
        new()
        {
            Config = new SiteConfig
            {
                Site = new SiteIdentity { Name = "A" },
                Federation = new FederationConfig
                {
                    Providers =
                    [
                        Provider("one", client, $"https://op.example.org/{issuer}"),
                        Provider("two", client, "https://other.example.org"),
                    ],
                    Keystone = $"https://keystone.example.org/{issuer}/v3",
                    Horizon = $"https://dashboard.example.org/{horizon}",
                    ProviderCa = ca,
                    Hosts = ["10.0.0.1"],
                },
            },
            Path = "/etc/fedsite/site.yaml",
            Warnings = [],
        };

    private static IdentityProviderConfig Provider(string idp, string client, string issuer) =>
        new()
        {
            Idp = idp,
            Issuer = issuer,
            Client = new OpenIdClientConfig { Id = client },
        };

    /// <summary>The first word of each line of each file; null: refused.</summary>
    private static string? Shape(RenderTarget target, LoadedSite site)
    {
        try
        {
            var lines = FederationRenderer.Render(site, target).Files.SelectMany(file => file.Content.Split('\n'));
            return string.Join('\n', lines.Select(line => line.Trim().Split(' ', '\t', '\r')[0]).Where(IsFixed));
        }
        catch (Exception e) when (e is FedSiteException or UriFormatException)
        {
            return null;
        }
    }

    // A line of data begins with its own value in Python alone, and always with its quote.
    private static bool IsFixed(string word) => !word.StartsWith("(\"", StringComparison.Ordinal);

    private static string? Written(Func<string> write)
    {
        try
        {
            return write();
        }
        catch (FedSiteException)
        {
            return null;
        }
    }

    /// <summary>How Apache reads a quoted word (ap_getword_conf); null: it ends early, or is replaced in.</summary>
    private static string? ApacheWord(string quoted)
    {
        var word = new StringBuilder();
        for (var i = 1; i < quoted.Length; i++)
        {
            if (quoted[i] == '"')
                return i == quoted.Length - 1 && !quoted.Contains("${", StringComparison.Ordinal)
                    ? word.ToString()
                    : null;
            if (quoted[i] == '\\' && i + 1 < quoted.Length && quoted[i + 1] is '\\' or '"')
                i++;
            word.Append(quoted[i]);
        }

        return null;
    }
}
