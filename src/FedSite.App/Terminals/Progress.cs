using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FedSite.App.Terminals;

/// <summary>
/// Shows how long work goes on: what, how many of how many, how fast, how long still. One line rewritten in place on a
/// terminal, a log line every ten seconds otherwise.
/// </summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed partial class Progress : IDisposable
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(200);
    private readonly ErrorConsole _console;
    private readonly ILogger? _log;
    private readonly TimeProvider _time;
    private readonly string _what;
    private readonly long _started;
    private readonly ITimer _timer;
    private long _done;
    private long _total;
    private volatile string? _detail;

    // Without a log nothing is shown at all.
    public Progress(ErrorConsole console, ILogger? log, TimeProvider time, string what, long? total)
    {
        _console = console;
        _log = log;
        _time = time;
        _what = what;
        _total = total ?? -1;
        _started = time.GetTimestamp();
        var interval = console.ShowsStatus ? StatusInterval : LineInterval;
        _timer = time.CreateTimer(_ => Show(), state: null, interval, interval);
    }

    /// <summary>So many more are done.</summary>
    public void Advance(long count = 1, string? detail = null)
    {
        Interlocked.Add(ref _done, count);
        if (detail is not null)
            _detail = detail;
    }

    /// <summary>So many are done in all.</summary>
    public void Report(long done, long? total = null, string? detail = null)
    {
        Interlocked.Exchange(ref _done, done);
        if (total is { } known)
            Interlocked.Exchange(ref _total, known);
        if (detail is not null)
            _detail = detail;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _console.Status("");
    }

    private void Show()
    {
        if (_log is null)
            return;
        var text = Describe();
        if (_console.ShowsStatus)
            _console.Status(text);
        else
            Log.State(_log, text);
    }

    private string Describe()
    {
        var elapsed = _time.GetElapsedTime(_started);
        var done = Interlocked.Read(ref _done);
        var total = Interlocked.Read(ref _total);
        var rate = elapsed.TotalSeconds > 0.5 ? done / elapsed.TotalSeconds : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"{_what}: {done:N0}");
        if (total >= 0)
            text += string.Create(CultureInfo.InvariantCulture, $" of {total:N0}");
        if (rate > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", {rate:N1}/s");
        if (rate > 0 && total > done)
            text += $", {Readable(TimeSpan.FromSeconds((total - done) / rate))} left";
        return _detail is { } detail ? $"{text} ({detail})" : text;
    }

    private static string Readable(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{Math.Max(1, (int)time.TotalSeconds)} s";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Progress}")]
        public static partial void State(ILogger logger, string progress);
    }
}
