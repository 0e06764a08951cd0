using FedSite.App;
using FedSite.App.Terminals;

namespace FedSite.Tests.App;

public sealed class OutputTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void A_name_with_a_line_feed_does_not_make_a_line_of_its_own()
    {
        var output = new Output(_terminal.Terminal, OutputFormat.Table, colors: false);

        output.Line("  delete image mine\n0 to do.\e[31m");

        Assert.Equal("  delete image mine 0 to do. [31m\n", _terminal.Out);
    }
}
