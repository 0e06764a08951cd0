using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FedSite.App.Terminals;

/// <summary>Log lines on standard error: short on a terminal, with time and category otherwise.</summary>
internal sealed class ConsoleLogging(ErrorConsole console, TimeProvider time) : ILoggerProvider
{
    public static ILoggerFactory CreateFactory(ErrorConsole console, GlobalOptions options, TimeProvider time)
    {
        var own =
            options.Quiet ? LogLevel.Warning
            : options.Verbose ? LogLevel.Debug
            : LogLevel.Information;
        return LoggerFactory.Create(builder =>
            builder
                .SetMinimumLevel(LogLevel.Warning)
                .AddFilter("FedSite", own)
                .Services.AddSingleton<ILoggerProvider>(new ConsoleLogging(console, time))
        );
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(console, time, categoryName);

    public void Dispose() { }

    private sealed class LineLogger(ErrorConsole console, TimeProvider time, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var (word, tone) = logLevel switch
            {
                LogLevel.Trace or LogLevel.Debug => ("debug", Tone.Faint),
                LogLevel.Information => ("info", Tone.Plain),
                LogLevel.Warning => ("warning", Tone.Warning),
                _ => ("error", Tone.Bad),
            };
            var message = formatter(state, exception);
            if (exception is not null)
                message += $" ({exception.GetType().Name}: {exception.Message})";
            if (!console.ShowsStatus)
            {
                var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                console.Line($"{now} {word} {category}: {message}");
            }
            else
            {
                console.Line(logLevel == LogLevel.Information ? message : $"{word}: {message}", tone);
            }
        }
    }
}
