namespace FedSite;

/// <summary>Finds what was probably meant by a mistyped word.</summary>
public static class NearestWord
{
    /// <summary>The one of <paramref name="known"/> that is nearest to <paramref name="word"/>, if any is near.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        if (word.Length > 100)
            return null;
        var candidates = known.ToList();
        return candidates
                .Select(candidate => (candidate, Distance: Distance(word, candidate)))
                .Where(pair => pair.Distance <= Math.Max(1, Letters(word, pair.candidate) / 3))
                .OrderBy(pair => pair.Distance)
                .Select(pair => pair.candidate)
                .FirstOrDefault()
            ?? candidates.Find(candidate => word.Length > 2 && candidate.StartsWith(word, StringComparison.Ordinal));
    }

    private static int Letters(string a, string b) => Math.Max(a.TrimStart('-').Length, b.TrimStart('-').Length);

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two words.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
