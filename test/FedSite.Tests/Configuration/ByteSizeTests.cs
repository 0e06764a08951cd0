using CsCheck;
using FedSite.Configuration;

namespace FedSite.Tests.Configuration;

public class ByteSizeTests
{
    [Theory]
    [InlineData("700kB", 700_000)]
    [InlineData("1 MB", 1_000_000)]
    [InlineData("1.5mb", 1_500_000)]
    [InlineData("512KiB", 524_288)]
    [InlineData("42", 42)]
    [InlineData("42B", 42)]
    public void Size_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kB")]
    [InlineData("-1kB")]
    [InlineData("1 parsec")]
    [InlineData("99999999999GB")]
    public void Other_text_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Printed_size_reads_back() =>
        Gen.Long[0, long.MaxValue / 2]
            .Sample(bytes => ByteSize.TryParse(new ByteSize(bytes).ToString(), out var size) && size.Bytes == bytes);
}
