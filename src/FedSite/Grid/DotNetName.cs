using System.Security.Cryptography;

namespace FedSite.Grid;

/// <summary>
/// Reads the text form in which .NET hands out names of which it does not give the encoding: the last part first, values
/// with special characters in quotes, quotes in them doubled: <c>CN="a ""b""", OU=x + UID=y, C=NL</c>.
/// </summary>
internal static class DotNetName
{
    private const string Part = ", ";
    private const string SamePart = " + ";
    private const string Numeric = "OID.";

    /// <returns>The parts in the order of the encoding.</returns>
    public static IReadOnlyList<NamePart> Read(string text)
    {
        var rdns = new List<List<NamePart>>();
        var startsRdn = true;
        for (var at = 0; at < text.Length; )
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
                break;
            var type = text[at..equals].Trim();
            var (value, end) = Value(text, equals + 1);
            if (startsRdn)
                rdns.Add([]);
            rdns[^1].Add(new NamePart(NameAttribute.Of(OidOf(type)), value, startsRdn));
            startsRdn = !text.AsSpan(end).StartsWith(SamePart);
            at = end + (startsRdn ? Part : SamePart).Length;
        }

        rdns.Reverse();
        return [.. rdns.SelectMany(rdn => rdn)];
    }

    private static (string Value, int End) Value(string text, int at)
    {
        if (at == text.Length || text[at] != '"')
        {
            // One that has a comma or a plus is in quotes.
            var end = text.AsSpan(at).IndexOfAny(',', '+') is var length and >= 0 ? at + length : text.Length;
            if (end > at && end < text.Length && text[end] == '+')
                end--;
            return (text[at..end], end);
        }

        var quote = text.IndexOf('"', at + 1);
        while (quote >= 0 && quote + 1 < text.Length && text[quote + 1] == '"')
            quote = text.IndexOf('"', quote + 2);
        var stop = quote < 0 ? text.Length : quote;
        return (text[(at + 1)..stop].Replace("\"\"", "\"", StringComparison.Ordinal), Math.Min(stop + 1, text.Length));
    }

    private static string OidOf(string type)
    {
        if (type.StartsWith(Numeric, StringComparison.Ordinal))
            return type[Numeric.Length..];
        try
        {
            return Oid.FromFriendlyName(type, OidGroup.All).Value ?? type;
        }
        catch (CryptographicException)
        {
            return type;
        }
    }
}
