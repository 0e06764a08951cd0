namespace FedSite.Images.Inspection;

/// <summary>Knows tar archives by the header of their first member, which is not read further.</summary>
internal static class TarHeader
{
    private const int Bytes = 512;
    private const int NameBytes = 100;
    private const int SumAt = 148;
    private const int SumBytes = 8;

    public static ForeignFormat? OfHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < Bytes || !(head[257..].StartsWith("ustar"u8) || HasSum(head[..Bytes])))
            return null;
        var name = head[..NameBytes];
        if (name.IndexOf((byte)0) is var end and >= 0)
            name = name[..end];
        return name.EndsWith(".ovf"u8) ? ForeignFormat.Ova : ForeignFormat.Tar;
    }

    // Archives older than `ustar` have nothing but their sum, in octal digits.
    private static bool HasSum(ReadOnlySpan<byte> header)
    {
        var digits = header.Slice(SumAt, SumBytes).Trim(" \0"u8);
        if (digits.IsEmpty)
            return false;
        var said = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            said = (said * 8) + digit - '0';
        }

        var sum = SumBytes * ' ';
        foreach (var letter in header)
            sum += letter;
        foreach (var letter in header.Slice(SumAt, SumBytes))
            sum -= letter;
        return said == sum;
    }
}
