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
    private const string TokenPath = "/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth";
    private const string Forged = "forged";

    private static readonly string[] Claims = ["sub", "iss", "email", "eduperson_entitlement", "entitlements"];

    [Theory]
    [InlineData("mod_wsgi")]
    [InlineData("proxy_uwsgi")]
    [InlineData("proxy_http")]
    public async Task Claims_arrive_under_the_keys_that_are_recorded_and_none_comes_from_the_client(string deployment)
    {
        using var site = new JoiningSite(deployment);
        using var visitor = new KeystoneVisitor(site.Federation);
        await site.RenderAsync();
        await site.ServeAsync("claims");
        var provider = site.Federation.Providers[0];

        var byToken = await AnswerAsync(visitor, site, TokenPath, await visitor.AccessTokenAsync(provider, "both"));
        var byBrowser = await browser.TextAsync(site.Federation, "/auth/OS-FEDERATION/websso/openid", "both");
        var forged = new List<string>();
        var nobody = await visitor.AccessTokenAsync(provider, "none");
        foreach (var header in Claims.SelectMany(Spellings))
        {
            forged.Add(await AnswerAsync(visitor, site, "/auth/tokens", nobody, header));
            forged.Add(await AnswerAsync(visitor, site, TokenPath, nobody, header));
        }

        Golden.Check(Keys(byToken), $"Federation/ClaimKeys/{deployment}.txt");
        Golden.Check(Keys(byBrowser), $"Federation/ClaimKeys/{deployment}.txt");
        Assert.DoesNotContain(forged, answer => answer.Contains(Forged, StringComparison.Ordinal));
    }

    private static async Task<string> AnswerAsync(
        KeystoneVisitor visitor,
        JoiningSite site,
        string path,
        string token,
        string? forgedHeader = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Federation.Keystone + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (forgedHeader is not null)
        {
            request.Headers.Add(forgedHeader, Forged);
        }
        return await visitor.TextAsync(request);
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
