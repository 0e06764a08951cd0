using FedSite.App.Terminals;
using FedSite.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.App;

public sealed class ProgressTests
{
    [Fact]
    public void A_terminal_sees_count_rate_and_time_left()
    {
        using var test = new TestTerminal { ErrorIsTerminal = true, Environment = { ["TERM"] = "xterm" } };
        using var console = new ErrorConsole(test.Terminal, colors: false);
        var time = new FakeTimeProvider();
        using var progress = new Progress(console, new CollectingLogger(), time, "Reading servers", total: 100);
        progress.Advance(20, "project vo-example");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.EndsWith(
            "Reading servers: 20 of 100, 2.0/s, 40 s left (project vo-example)",
            test.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_a_terminal_there_is_a_log_line_every_ten_seconds()
    {
        using var test = new TestTerminal();
        using var console = new ErrorConsole(test.Terminal, colors: false);
        var time = new FakeTimeProvider();
        var log = new CollectingLogger();
        using var progress = new Progress(console, log, time, "Reading servers", total: null);
        progress.Advance(50);
        time.Advance(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["Reading servers: 50, 5.0/s", "Reading servers: 50, 2.5/s"], log.Lines);
    }

    [Fact]
    public void A_message_does_not_tear_the_status_line()
    {
        using var test = new TestTerminal { ErrorIsTerminal = true, Environment = { ["TERM"] = "xterm" } };
        using var console = new ErrorConsole(test.Terminal, colors: false);
        console.Status("half");
        console.Line("warning: slow");
        Assert.Equal("\r\e[Khalf\r\e[Kwarning: slow\n\r\e[Khalf", test.Error);
    }
}
