using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.Ams;

/// <summary>What the pretended AMS looks like.</summary>
public sealed record AmsSandboxOptions
{
    /// <summary>Server certificate with its key, for <c>127.0.0.1</c>.</summary>
    public required X509Certificate2 Certificate { get; init; }

    public string Project { get; init; } = "accounting";
    public IReadOnlyList<string> Topics { get; init; } = ["eu-egi-cloud-accounting", "eu-egi-storage-accounting"];

    /// <summary>Limit on a stored message: 1 048 588 is Kafka's default.</summary>
    public int MaxStoredBytes { get; init; } = 1_048_588;

    /// <summary>True: too large is answered 413, as up to release 1.6; false: 500, as 1.7 does.</summary>
    public bool SaysTooLarge { get; init; }

    /// <summary>Port of the API; 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the token service; 0: a free one.</summary>
    public int AuthPort { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>A message that AMS has stored.</summary>
/// <param name="Id">Its offset in the topic.</param>
/// <param name="Topic">The topic.</param>
/// <param name="EmpaId">Attribute <c>empaid</c>; null: none.</param>
/// <param name="Data">The signed text.</param>
/// <param name="PublishedAt">UTC.</param>
public sealed record DeliveredMessage(
    long Id,
    string Topic,
    string? EmpaId,
    ReadOnlyMemory<byte> Data,
    DateTimeOffset PublishedAt
);

/// <summary>Something to go wrong with one publish request.</summary>
public sealed record AmsTrouble
{
    /// <summary>
    /// How many messages of the request are stored before it strikes: 0 fails before any effect,
    /// <see cref="int.MaxValue"/> loses the answer of a request that was done.
    /// </summary>
    public int Stored { get; init; }

    /// <summary>Status of the answer; null: the connection is cut.</summary>
    public int? Status { get; init; }

    /// <summary>Body of the answer; null: the one that AMS gives with that status.</summary>
    public string? Body { get; init; }

    /// <summary>Value of the header <c>Retry-After</c>, seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Time before anything happens.</summary>
    public TimeSpan Delay { get; init; }
}
