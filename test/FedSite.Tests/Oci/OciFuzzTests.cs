using System.Text;
using System.Text.Json;
using CsCheck;
using FedSite.Oci;

namespace FedSite.Tests.Oci;

/// <summary>What a registry sends is anything.</summary>
public sealed class OciFuzzTests
{
    private const string Manifest = """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json",
        "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":
        "application/x-qemu-disk","digest":"sha256:00","size":9,"platform":{"architecture":"amd64"},"annotations":{"a":"\u00e4"}}],
        "manifests":null,"annotations":{"b":null}}
        """;
    private const string Challenge =
        "Basic realm=\"a, b\", BEARER Realm=x , service = \"y\\\"z\",scope=repository:a/b:pull";

    private static readonly string[] Splices =
    [
        "null",
        "[",
        "]",
        "{",
        "}",
        "\"",
        ",",
        ":",
        "1e999",
        "-1",
        "\\ud800",
        "9223372036854775808",
        "=",
        "\\",
        "\0",
        "ä",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(Mutated(Manifest), Mutated(Challenge), Gen.String);

    [Fact]
    public void Nothing_breaks_the_reading_of_manifests_and_challenges() => Texts.Sample(Check, time: FuzzTime.Normal);

    [Fact]
    [Trait("Category", "Long")]
    public void Nothing_breaks_the_reading_of_manifests_and_challenges_within_ten_minutes() =>
        Texts.Sample(Check, time: FuzzTime.Long);

    private static void Check(string text)
    {
        var challenges = AuthChallenge.Parse([text]);
        Assert.InRange(challenges.Count, 0, text.Length);
        Assert.DoesNotContain(challenges, challenge => challenge.Scheme.Length == 0);
        try
        {
            var manifest = OciManifest.Read(Encoding.UTF8.GetBytes(text));
            Assert.True(manifest.Layers is null != manifest.Manifests is null);
        }
        catch (JsonException e)
        {
            Assert.DoesNotContain("FedSite", e.Message, StringComparison.Ordinal);
        }
    }

    private static Gen<string> Mutated(string seed) =>
        Gen.Select(Gen.Int[0, seed.Length], Gen.Int[0, 20], Gen.Int[0, Splices.Length - 1])
            .Array[1, 4]
            .Select(changes =>
                changes.Aggregate(
                    seed,
                    (text, change) =>
                    {
                        var (from, cut, splice) = change;
                        var at = Math.Min(from, text.Length);
                        return text[..at] + Splices[splice] + text[Math.Min(at + cut, text.Length)..];
                    }
                )
            );
}
