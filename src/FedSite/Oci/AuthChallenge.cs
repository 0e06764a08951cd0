namespace FedSite.Oci;

/// <summary>One way to log in that a server names in <c>WWW-Authenticate</c> (RFC 9110, section 11.6.1).</summary>
/// <param name="Scheme">In lower case: <c>bearer</c>, <c>basic</c>.</param>
/// <param name="Parameters">By their names in lower case.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>All that can be read; what can't be ends the header.</summary>
    public static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> headers)
    {
        var found = new List<AuthChallenge>();
        foreach (var header in headers)
        {
            ParseOne(header, found);
        }
        return found;
    }

    private static void ParseOne(ReadOnlySpan<char> rest, List<AuthChallenge> found)
    {
        Dictionary<string, string>? parameters = null;
        while (true)
        {
            rest = rest.TrimStart(" \t,");
            if (Token(ref rest) is not { } word)
            {
                return;
            }
            rest = rest.TrimStart(" \t");
            if (rest is not ['=', ..])
            {
                parameters = new Dictionary<string, string>(StringComparer.Ordinal);
                found.Add(new AuthChallenge(word, parameters));
            }
            else if (parameters is null || Value(ref rest) is not { } value)
            {
                return;
            }
            else
            {
                parameters[word] = value;
            }
        }
    }

    /// <summary>In lower case; null: there is none.</summary>
    private static string? Token(ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAny(" \t,=\"");
        var word = length < 0 ? rest : rest[..length];
        rest = rest[word.Length..];
        return word.IsEmpty ? null : word.ToString().ToLowerInvariant();
    }

    /// <summary>What follows the equals sign, with or without quotes; null: the quotes do not close.</summary>
    private static string? Value(ref ReadOnlySpan<char> rest)
    {
        rest = rest[1..].TrimStart(" \t");
        if (rest is not ['"', ..])
        {
            var length = rest.IndexOfAny(" \t,");
            var plain = (length < 0 ? rest : rest[..length]).ToString();
            rest = rest[plain.Length..];
            return plain;
        }
        var text = new System.Text.StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }
            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                i++;
            }
            text.Append(rest[i]);
        }
        return null;
    }
}
