using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace FedSite.OpenStack;

/// <summary>An answer, as far as it decides about another try.</summary>
/// <param name="Request">For the log.</param>
internal readonly record struct JudgedAnswer(string Request, int Status, RetryConditionHeaderValue? RetryAfter);

/// <summary>How often, and how long.</summary>
/// <param name="Retries">Tries after the first one.</param>
/// <param name="LongestDelay">Between two tries, also when <c>Retry-After</c> asks for more.</param>
/// <param name="TryTimeout">For one try, up to the last byte of its answer.</param>
internal sealed record RetryTerms(int Retries, TimeSpan LongestDelay, TimeSpan TryTimeout);

/// <summary>
/// Sends again what failed for a passing reason: connection, time-out, 408, 429, 5xx. Answers that are not wanted are
/// disposed of.
/// </summary>
internal static partial class HttpRetries
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);

    public static ResiliencePipeline<T> Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(
        RetryTerms terms,
        Func<T, JudgedAnswer> judge,
        TimeProvider time,
        ILogger logger
    )
        where T : class =>
        new ResiliencePipelineBuilder<T> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<T>
                {
                    MaxRetryAttempts = terms.Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = FirstDelay,
                    MaxDelay = terms.LongestDelay,
                    ShouldHandle = args => ValueTask.FromResult(IsPassing(args.Outcome, judge)),
                    DelayGenerator = args =>
                        ValueTask.FromResult(
                            args.Outcome.Result is { } answer
                                ? AskedDelay(judge(answer).RetryAfter, terms.LongestDelay, time)
                                : null
                        ),
                    OnRetry = args =>
                    {
                        LogRetry(logger, Reason(args.Outcome, judge), args.RetryDelay.TotalSeconds);
                        (args.Outcome.Result as IDisposable)?.Dispose();
                        return default;
                    },
                }
            )
            .AddTimeout(terms.TryTimeout)
            .Build();

    private static bool IsPassing<T>(Outcome<T> outcome, Func<T, JudgedAnswer> judge)
        where T : class =>
        outcome switch
        {
            { Result: { } answer } => judge(answer).Status is 408 or 429 or 500 or 502 or 503 or 504,
            { Exception: { } failure } => ConnectionFailures.IsOne(failure) && ConnectionFailures.IsPassing(failure),
            _ => false,
        };

    /// <summary>What <c>Retry-After</c> asks for, within bounds; null: our own growing delay.</summary>
    private static TimeSpan? AskedDelay(RetryConditionHeaderValue? header, TimeSpan longest, TimeProvider time)
    {
        var asked = header switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked switch
        {
            null => null,
            { Ticks: < 0 } => TimeSpan.Zero,
            _ => asked < longest ? asked : longest,
        };
    }

    private static string Reason<T>(Outcome<T> outcome, Func<T, JudgedAnswer> judge)
        where T : class =>
        outcome.Result is { } answer && judge(answer) is var judged
            ? string.Create(CultureInfo.InvariantCulture, $"{judged.Request} was answered with {judged.Status}")
            : outcome.Exception?.Message ?? "no answer";

    [LoggerMessage(3, LogLevel.Information, "{Reason}; trying again in {Seconds:F1} s")]
    private static partial void LogRetry(ILogger logger, string reason, double seconds);
}
