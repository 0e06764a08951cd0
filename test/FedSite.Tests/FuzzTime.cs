namespace FedSite.Tests;

/// <summary>Seconds that a fuzz run takes: a minute where nobody waits, a moment at somebody's desk.</summary>
internal static class FuzzTime
{
    public const int Long = 600;

    public static int Normal { get; } = Environment.GetEnvironmentVariable("CI") == "true" ? 60 : 10;
}
