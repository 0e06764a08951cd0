namespace FedSite.Grid;

/// <summary>The lines of a text without their ends; carriage returns before a line end or the end of the text belong to it.</summary>
internal ref struct Lines(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public Line Current { get; private set; }

    public readonly Lines GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        var end = _rest.IndexOf((byte)'\n');
        var content = end < 0 ? _rest : _rest[..end];
        var length = end < 0 ? _rest.Length : end + 1;
        _rest = _rest[length..];
        Current = new Line(content.TrimEnd((byte)'\r'), end >= 0, length);
        return true;
    }

    /// <summary>One line; <paramref name="length"/> counts its end too.</summary>
    internal readonly ref struct Line(ReadOnlySpan<byte> content, bool hasEnd, int length)
    {
        public readonly ReadOnlySpan<byte> Content = content;
        public readonly bool HasEnd = hasEnd;
        public readonly int Length = length;
    }
}
