using FedSite.Configuration;

namespace FedSite.Tests.Configuration;

public sealed class FlavorConfigRulesTests
{
    [Theory]
    [InlineData("vgpu: 1}\n  - {name: g1.gpu, vgpu: 2", "listed twice")]
    [InlineData("resources: {gpu-a100: \"1\"}", "no resource class")]
    [InlineData("vgpu: 1, resources: {VGPU: \"2\"}", "`vgpu` already")]
    [InlineData("accelerator: {type: GPU, number: 1, vendor: \"\"}", "is empty")]
    [InlineData("accelerator: {type: GPU, number: 1, version: \" \"}", "is empty")]
    public void A_flavor_that_Nova_would_refuse_or_get_twice_is_refused_with_the_file(string flavor, string why)
    {
        var failure = Assert.ThrowsAny<FedSiteException>(() => Read(flavor));

        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vgpu: 1, resources: {CUSTOM_GPU_A100: \"1\"}")]
    [InlineData("accelerator: {type: GPU, number: 0.5, vendor: NVIDIA, version: \"0\"}")]
    public void A_flavor_that_can_be_is_taken(string flavor)
    {
        Read(flavor);
    }

    private static void Read(string flavor) =>
        SiteFile.Read(
            $$"""
            site: {name: TEST}
            flavors:
              - {name: g1.gpu, {{flavor}}}

            """,
            "/site.yaml",
            new HostEnvironment(_ => null, "/")
        );
}
