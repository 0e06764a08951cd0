using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Sync;

/// <summary>What the work on images needs.</summary>
internal sealed class SyncTools
{
    private long _sent;

    public required ImagesConfig Config { get; init; }
    public required ImageOwner Owner { get; init; }
    public required OpenStackCloud Cloud { get; init; }
    public required SiteVosReading Vos { get; init; }
    public required IReadOnlyDictionary<string, IImageSource> Sources { get; init; }
    public required ImageStore Store { get; init; }
    public required ImageTransfer Transfer { get; init; }
    public required ImageCache Cache { get; init; }
    public required ImageConverter Converter { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILogger Log { get; init; }

    public ImageApi Images => Cloud.Image;
    public ComputeApi Compute => Cloud.Compute;

    /// <summary>Bytes that went into Glance.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public void CountSent(long bytes) => Interlocked.Add(ref _sent, bytes);

    /// <summary>The site takes images of this format as they are.</summary>
    public bool Takes(string format) => Config.Formats.Count == 0 || Config.Formats.Contains(format);

    public InspectionTerms Terms(string? declared) =>
        new() { Declared = declared, MaxVirtualSize = Config.Limits.Virtual.Bytes };
}

internal static partial class SyncLog
{
    [LoggerMessage(LogLevel.Warning, "Image {Id} could not be deleted now: {Error}")]
    public static partial void NotDeleted(ILogger log, string id, string error);

    [LoggerMessage(LogLevel.Debug, "{Slot}: {Step} {Image}: {Reason}")]
    public static partial void Does(ILogger log, string slot, string step, string image, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "Image {Id} has {Members} members and takes no more; it becomes {Visibility} (images.beyond_members). {Limit}"
    )]
    public static partial void Opened(ILogger log, string id, int members, string visibility, string limit);
}
