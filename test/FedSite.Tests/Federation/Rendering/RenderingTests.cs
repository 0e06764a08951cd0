using FedSite.Federation.Rendering;

namespace FedSite.Tests.Federation.Rendering;

public sealed class RenderingTests : IDisposable
{
    private readonly RenderingFolder _folder = new(
        """
        site: {name: EXAMPLE}
        federation:
          providers:
            - {provider: checkin, idp: egi.eu, client: {id: a, secret: swordfish}}
            - {provider: checkin-demo, idp: demo, client: {id: b, secret: "${SECRET}"}}
            - {issuer: https://op.example.org, idp: op, client: {id: c, secret: !file secrets/checkin}}
          crypto_passphrase: swordfish
          keystone: https://keystone.example.org:5000/v3
          horizon: https://dashboard.example.org/dashboard
          hosts: [10.0.0.1]
        """
    );

    public static TheoryData<string> Targets() =>
        [.. RenderTargets.Words.Where(word => word is not ("trust-bundle" or "catchall" or "nova-gpu"))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_secret_is_in_any_file(string target) =>
        Assert.DoesNotContain(RenderingFolder.Secret, _folder.Report(target), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_same_configuration_gives_the_same_files(string target) =>
        Assert.Equal(_folder.Report(target), _folder.Report(target));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Each_file_says_which_command_made_it(string target) =>
        Assert.All(
            _folder.Render((RenderTarget)RenderTargets.Words.Index().First(w => w.Item == target).Index).Files,
            file => Assert.Contains($"fedsite federation render {target}", file.Content, StringComparison.Ordinal)
        );

    [Fact]
    public void A_client_without_id_is_asked_for()
    {
        using var folder = new RenderingFolder(
            "site: {name: A}\nfederation: {provider: checkin, keystone: 'https://k.example.org/v3'}\n"
        );

        var e = Assert.Throws<FedSiteException>(() => folder.Render(RenderTarget.Apache));

        Assert.Contains("federation.client is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spellings_that_a_server_takes_for_the_same_claim_are_all_known() =>
        Assert.Equal(
            ["OIDC-a-b", "OIDC_a-b", "OIDC-a_b", "OIDC_a_b"],
            ForgedHeaders.Spellings("a_b", underscoresPass: true)
        );
}
