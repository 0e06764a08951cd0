namespace FedSite.Images.Inspection;

/// <summary>
/// Tells what an image is while its bytes come by, and whether it could harm those who open it. Nothing is believed but the
/// bytes. Memory: 36 KiB, and the header cluster and tables of a qcow2 image as far as they really arrive.
/// </summary>
internal sealed partial class ImageInspector(InspectionTerms terms)
{
    /// <summary>Version of the rules, stored with results: raised when an image might be judged in another way.</summary>
    public const int Rules = 1;

    private const string Raw = "raw";
    private const string Qcow2 = "qcow2";

    private readonly List<ImageDanger> _findings = [];
    private readonly byte[] _tail = new byte[ImageSignatures.TailBytes];
    private byte[] _head = new byte[ImageSignatures.HeadBytes];
    private int _headBytes;
    private int _tailBytes;
    private bool _isJudged;
    private bool _hasExtensions;
    private string _format = Raw;
    private Qcow2Header? _header;
    private Qcow2Walk? _walk;

    /// <summary>Bytes that have come by.</summary>
    public long Size { get; private set; }

    /// <summary>It is certain already that the image is refused: further bytes are only counted.</summary>
    public bool IsRefused => _findings.Count > 0;

    // Raw disks are known as such only by their end.
    private bool MayBeForeignStill => _isJudged && _format == Raw;

    /// <summary>The next bytes of the file, as many or few as there are.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // In pieces that do not depend on the caller's.
            var piece = _isJudged ? bytes : bytes[..Math.Min(bytes.Length, ImageSignatures.HeadBytes - _headBytes)];
            bytes = bytes[piece.Length..];
            Take(piece);
        }
    }

    /// <summary>The file has ended, or nobody wants more of it.</summary>
    public ImageInspection Complete()
    {
        Conclude();
        return new ImageInspection
        {
            Format = _format,
            VirtualSize = _header is null ? SizeOfRaw() : _header.VirtualSize,
            Size = Size,
            Findings = [.. _findings],
            IsUndecided = _findings.Count == 0 && _walk?.HasMissed == true,
        };
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        Size += piece.Length;
        if (IsRefused)
            return;
        KeepTail(piece);
        if (!_isJudged)
        {
            piece.CopyTo(_head.AsSpan(_headBytes));
            _headBytes += piece.Length;
            if (_headBytes == ImageSignatures.HeadBytes)
                JudgeHead();
        }
        else if (_header is not null)
        {
            Follow(piece);
        }

        HoldToLimit();
    }

    private void KeepTail(ReadOnlySpan<byte> piece)
    {
        if (piece.Length >= _tail.Length)
        {
            piece[^_tail.Length..].CopyTo(_tail);
            _tailBytes = _tail.Length;
            return;
        }

        var kept = Math.Min(_tailBytes, _tail.Length - piece.Length);
        _tail.AsSpan(_tailBytes - kept, kept).CopyTo(_tail);
        piece.CopyTo(_tail.AsSpan(kept));
        _tailBytes = kept + piece.Length;
    }

    private void JudgeHead()
    {
        _isJudged = true;
        var head = _head.AsSpan(0, _headBytes);
        if (ImageSignatures.IsQcow2(head))
            JudgeQcow2(head);
        else if (ImageSignatures.OfHead(head) is { } foreign)
            Refuse(foreign, foreign == ForeignFormat.Vmdk ? TextFormats.KindOfVmdk(head) : null);
        if (_format != Raw || (terms.Declared is { } declared && !IsKnownByItsEnd(declared)))
            CompareFormat();
        if (_header is not null && !IsRefused)
            Follow(head);
    }

    private void JudgeQcow2(ReadOnlySpan<byte> head)
    {
        _format = Qcow2;
        _header = Qcow2Header.Read(head);
        _findings.AddRange(_header.Check(_headBytes, terms.MaxVirtualSize));
        if (ImageSignatures.DoubleOf(head) is { } other)
            _findings.Add(ImageFault.FormatAmbiguous.Found($"qcow2 and {other}"));
        if (IsRefused)
            return;
        _walk = new Qcow2Walk(_header);
        _headBytes = 0;
    }

    // The first cluster is kept until it is there as a whole; the tables lie behind it.
    private void Follow(ReadOnlySpan<byte> bytes)
    {
        if (!_hasExtensions)
        {
            var wanted = Math.Min(bytes.Length, _header!.ClusterSize - _headBytes);
            if (_head.Length < _headBytes + wanted)
                Array.Resize(ref _head, Math.Min(_header.ClusterSize, Math.Max(_head.Length * 2, _headBytes + wanted)));
            bytes[..wanted].CopyTo(_head.AsSpan(_headBytes));
            _headBytes += wanted;
            if (_headBytes == _header.ClusterSize)
            {
                _hasExtensions = true;
                _findings.AddRange(Qcow2Extensions.Check(_header, _head.AsSpan(0, _headBytes)));
                _head = [];
            }
        }

        if (!IsRefused)
            _walk!.Feed(bytes);
        if (_walk!.Danger is { } danger && !IsRefused)
            _findings.Add(danger);
    }

    private void Conclude()
    {
        if (IsRefused)
            return;
        if (Size == 0)
        {
            _findings.Add(ImageFault.Empty.Found());
            return;
        }

        if (!_isJudged)
            JudgeHead();
        if (IsRefused)
            return;
        JudgeTail();
        if (_header is not null && !_hasExtensions)
            _findings.Add(ImageFault.Truncated.Found("within the first cluster"));
        if (_header is not null && !IsRefused)
            EndWalk();
        if (MayBeForeignStill && Size < Qcow2Header.SectorSize)
            _findings.Add(ImageFault.TooSmall.Found());
        HoldToLimit();
    }

    private void JudgeTail()
    {
        if (ImageSignatures.OfTail(_tail.AsSpan(0, _tailBytes), Size) is { } foreign)
        {
            if (_header is not null)
                _findings.Add(ImageFault.FormatAmbiguous.Found($"qcow2 and {foreign.Title}"));
            else
                Refuse(foreign);
        }

        if (_header is null)
            CompareFormat();
    }

    private void EndWalk()
    {
        _walk!.Complete(Size);
        if (_walk.Danger is { } danger)
            _findings.Add(danger);
    }

    private void Refuse(ForeignFormat format, string? detail = null)
    {
        _format = format.Name;
        _findings.Add(format.Found(detail));
    }

    private void HoldToLimit()
    {
        if (_header is null && !IsRefused && _format == Raw && _isJudged && SizeOfRaw() > terms.MaxVirtualSize)
            _findings.Add(ImageFault.VirtualSize.Found($"more than {terms.MaxVirtualSize} bytes"));
    }

    // As qemu reads it: the last sector is filled up.
    private long? SizeOfRaw() =>
        _format == Raw ? (Size + Qcow2Header.SectorSize - 1) / Qcow2Header.SectorSize * Qcow2Header.SectorSize : null;

    private void CompareFormat()
    {
        if (terms.Declared is not { } declared || SaysNothing(declared))
            return;
        var name = declared.Trim().ToLowerInvariant();
        if (name != _format && !(name == "vpc" && _format == ForeignFormat.Vhd.Name))
            _findings.Add(ImageFault.FormatMismatch.Found($"{Harmless(name)} is declared, {_format} is found"));
    }

    // A suffix that qcow2 and raw disks share.
    private static bool SaysNothing(string declared) =>
        declared.Trim() is var name && (name.Length == 0 || name.Equals("img", StringComparison.OrdinalIgnoreCase));

    private static bool IsKnownByItsEnd(string declared) =>
        SaysNothing(declared) || declared.Trim().ToLowerInvariant() is Raw or "vhd" or "vpc" or "dmg";

    private static string Harmless(string name) =>
        name.Length <= 32 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name
            : "something else";
}
