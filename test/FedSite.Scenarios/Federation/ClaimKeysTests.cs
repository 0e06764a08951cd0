using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// Under which keys claims reach Keystone, by a program in its place; mappings are rendered, and judged, by what is recorded
/// here.
/// </summary>
[Collection(FederationCollection.Name)]
public sealed class ClaimKeysTests(Browser browser)
{
    private static readonly string[] Claims = ["sub", "iss", "email", "eduperson_entitlement", "entitlements"];

    [Theory]
    [InlineData("mod_wsgi")]
    [InlineData("proxy_uwsgi")]
    [InlineData("proxy_http")]
    public async Task Claims_arrive_under_the_keys_that_are_recorded_and_from_nobody_else(string deployment)
    {
        using var site = new JoiningSite(deployment);
        using var visitor = new KeystoneVisitor(site.Federation);
        await site.RenderAsync();
        await site.ServeAsync("claims");
        var token = await visitor.AccessTokenAsync(site.Federation.Providers[0], "both");

        var byToken = await AnswerAsync("/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth", token);
        var byBrowser = await browser.TextAsync(site.Federation, "/auth/OS-FEDERATION/websso/openid", "both");
        var byNobody = await AnswerAsync("/auth/tokens", token: null);

        Golden.Check(Keys(byToken), $"Federation/ClaimKeys/{deployment}.txt");
        Golden.Check(Keys(byBrowser), $"Federation/ClaimKeys/{deployment}.txt");
        Assert.Equal("", Keys(byNobody));

        async Task<string> AnswerAsync(string path, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, site.Federation.Keystone + path);
            if (token is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }
            return await visitor.TextAsync(request);
        }
    }

    [Theory]
    [InlineData("mod_wsgi")]
    [InlineData("proxy_uwsgi")]
    [InlineData("proxy_http")]
    public async Task No_claim_comes_from_a_header_of_the_client(string deployment)
    {
        using var site = new JoiningSite(deployment);
        using var visitor = new KeystoneVisitor(site.Federation);
        await site.RenderAsync();
        await site.ServeAsync("claims");
        var token = await visitor.AccessTokenAsync(site.Federation.Providers[0], "none");

        var arrived = new List<string>();
        foreach (var path in new[] { "/auth/tokens", "/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth" })
        {
            foreach (var header in Claims.SelectMany(Spellings))
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, site.Federation.Keystone + path);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                request.Headers.Add(header, "forged");
                var answer = await visitor.TextAsync(request);
                if (answer.Contains("forged", StringComparison.Ordinal))
                {
                    arrived.Add($"{path} {header}: {answer}");
                }
            }
        }

        Assert.Empty(arrived);
    }

    private static IEnumerable<string> Spellings(string claim) =>
        new[] { '-', '_' }
            .SelectMany(separator => new[] { claim, claim.Replace('_', '-') }.Select(name => $"Oidc{separator}{name}"))
            .Distinct(StringComparer.Ordinal);

    /// <summary>A line for each claim, with the keys that hold it.</summary>
    private static string Keys(string answer)
    {
        var keys = JsonNode.Parse(answer)!.AsObject().Select(pair => pair.Key).ToList();
        var lines =
            from claim in Claims
            let arrived = keys.Where(key => Normal(key).EndsWith($"oidc-{Normal(claim)}", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            where arrived.Any()
            select $"{claim}: {string.Join(", ", arrived)}\n";
        return string.Concat(lines);
    }

    private static string Normal(string text) => text.ToLowerInvariant().Replace('_', '-');
}
