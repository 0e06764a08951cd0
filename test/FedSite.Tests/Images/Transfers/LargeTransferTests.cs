using FedSite.Images.Transfers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Images.Transfers;

/// <summary>Alone, since memory is measured for the whole process.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
[Trait("Category", "Long")]
public sealed class LargeTransferTests
{
    private const string Name = "Large transfers";

    [Fact]
    public async Task Four_gigabytes_pass_in_a_few_megabytes_of_memory()
    {
        const long size = 4L << 30;
        using var source = new MadeSource(_ => new ZeroStream(size));
        var before = GC.GetTotalAllocatedBytes();

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() =>
            new ImageTransfer(TimeProvider.System, null, NullLogger.Instance).PassAsync(
                source,
                MadeSource.Offer(MadeSource.Sha256([]), size),
                MadeSource.Terms(),
                Stream.Null,
                null,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(ContentRefusedException.DigestMismatch, refusal.Id);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }
}
