namespace FedSite.Images.Inspection;

/// <summary>Placeholder until the inspection is there.</summary>
internal sealed class ImageInspector(InspectionTerms terms)
{
    private readonly byte[] _head = new byte[20];
    private long _size;

    public const int Rules = 0;

    public bool IsRefused => _size >= _head.Length && IsQcow2 && HasBackingFile;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_size < _head.Length)
        {
            bytes[..(int)Math.Min(bytes.Length, _head.Length - _size)].CopyTo(_head.AsSpan((int)_size));
        }

        _size += bytes.Length;
    }

    public ImageInspection Complete() =>
        new()
        {
            Format = IsQcow2 ? "qcow2" : "raw",
            VirtualSize = IsQcow2 ? null : _size,
            Size = _size,
            Findings =
                IsQcow2 && HasBackingFile ? [new ImageDanger("qcow2-backing-file", "It names another file.")]
                : _size > terms.MaxVirtualSize ? [new ImageDanger("too-large", "Too large.")]
                : [],
        };

    public static async Task<ImageInspection> InspectAsync(FileStream file, InspectionTerms terms, CancellationToken ct)
    {
        var inspector = new ImageInspector(terms);
        var buffer = new byte[1 << 16];
        file.Position = 0;
        while (await file.ReadAsync(buffer, ct) is > 0 and var read)
        {
            inspector.Feed(buffer.AsSpan(0, read));
        }

        var inspection = inspector.Complete();
        if (inspection.Format != "qcow2")
        {
            return inspection;
        }

        var size = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(await HeadAsync(file, 24, 8, ct));
        return inspection with { VirtualSize = size };
    }

    private static async Task<byte[]> HeadAsync(FileStream file, int from, int count, CancellationToken ct)
    {
        file.Position = from;
        var bytes = new byte[count];
        await file.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    private bool IsQcow2 =>
        _head.AsSpan(0, 4).SequenceEqual("QFI\xfb"u8) || (_head[0] == (byte)'Q' && _head[3] == 0xfb);

    private bool HasBackingFile => _head.AsSpan(8, 8).ContainsAnyExcept((byte)0);
}
