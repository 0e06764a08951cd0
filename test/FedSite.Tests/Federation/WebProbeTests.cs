using FedSite.Federation;
using FedSite.Grid;

namespace FedSite.Tests.Federation;

public sealed class WebProbeTests
{
    [Fact]
    public async Task A_host_that_does_not_answer_is_named()
    {
        using var probe = new WebProbe(TlsTrust.ClientPolicy(folder: null), host: "127.0.0.1:1");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() =>
            probe.GetAsync(
                new Uri("http://keystone.example.org/v3"),
                "application/json",
                header: null,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("/v3 at 127.0.0.1:1 does not answer", failure.Message, StringComparison.Ordinal);
    }
}
