using System.Text.Json;
using FedSite.Images.Inspection;

namespace FedSite.Tests.Images.Inspection;

/// <summary>Inspections of bytes, by stream and by file.</summary>
internal static class Inspected
{
    public static InspectionTerms Terms { get; } = new() { MaxVirtualSize = 200L << 30 };

    public static ImageInspection Whole(ReadOnlySpan<byte> bytes, InspectionTerms? terms = null) =>
        InChunks(bytes, Math.Max(1, bytes.Length), terms);

    public static ImageInspection InChunks(ReadOnlySpan<byte> bytes, int chunk, InspectionTerms? terms = null)
    {
        var inspector = new ImageInspector(terms ?? Terms);
        while (!bytes.IsEmpty)
        {
            var next = Math.Min(chunk, bytes.Length);
            inspector.Feed(bytes[..next]);
            bytes = bytes[next..];
        }

        return inspector.Complete();
    }

    public static async Task<ImageInspection> AsFileAsync(byte[] bytes, InspectionTerms? terms = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, bytes);
            await using var file = File.OpenRead(path);
            return await ImageInspector.InspectAsync(file, terms ?? Terms, TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Everything that an inspection says.</summary>
    public static string Describe(this ImageInspection inspection) =>
        $"{inspection.Format} {inspection.VirtualSize} {inspection.Size} {inspection.IsUndecided} "
        + JsonSerializer.Serialize(inspection.Findings);
}
