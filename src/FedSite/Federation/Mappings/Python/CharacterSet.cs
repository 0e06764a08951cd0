namespace FedSite.Federation.Mappings.Python;

/// <summary>The characters that one place of a regular expression takes.</summary>
internal sealed class CharacterSet
{
    // Small letters whose capitals are the same though they differ: Python takes either for the other.
    private static readonly int[][] SameCapital =
    [
        [0x69, 0x131],
        [0x73, 0x17f],
        [0xb5, 0x3bc],
        [0x345, 0x3b9, 0x1fbe],
        [0x390, 0x1fd3],
        [0x3b0, 0x1fe3],
        [0x3b2, 0x3d0],
        [0x3b5, 0x3f5],
        [0x3b8, 0x3d1],
        [0x3ba, 0x3f0],
        [0x3c0, 0x3d6],
        [0x3c1, 0x3f1],
        [0x3c2, 0x3c3],
        [0x3c6, 0x3d5],
        [0x432, 0x1c80],
        [0x434, 0x1c81],
        [0x43e, 0x1c82],
        [0x441, 0x1c83],
        [0x442, 0x1c84, 0x1c85],
        [0x44a, 0x1c86],
        [0x463, 0x1c87],
        [0x1c88, 0xa64b],
        [0x1e61, 0x1e9b],
        [0xfb05, 0xfb06],
    ];

    private readonly bool _negated;
    private readonly bool _ascii;
    private readonly bool _folds;
    private readonly IReadOnlyList<(int First, int Last)> _ranges;
    private readonly IReadOnlyList<char> _categories;
    private readonly HashSet<int> _folded = [];

    /// <param name="ranges">First and last code point of each.</param>
    /// <param name="categories">Letters of <c>\d \D \s \S \w \W</c>.</param>
    /// <param name="negated">All others.</param>
    public CharacterSet(
        IReadOnlyList<(int First, int Last)> ranges,
        IReadOnlyList<char> categories,
        bool negated,
        PatternFlags flags
    )
    {
        _ranges = ranges;
        _categories = categories;
        _negated = negated;
        _ascii = flags.HasFlag(PatternFlags.Ascii);
        _folds = flags.HasFlag(PatternFlags.IgnoreCase) && ranges.Count > 0;
        if (_folds)
            Fold();
    }

    public static CharacterSet Literal(int point, PatternFlags flags) => new([(point, point)], [], false, flags);

    /// <summary>What <c>.</c> takes.</summary>
    public static CharacterSet Any(PatternFlags flags) =>
        flags.HasFlag(PatternFlags.DotAll)
            ? new([], [], true, PatternFlags.None)
            : new([('\n', '\n')], [], true, PatternFlags.None);

    public static int Lower(int point, bool ascii) =>
        !ascii ? PythonCharacters.Lower(point)
        : point is >= 'A' and <= 'Z' ? point + 32
        : point;

    public static bool IsWord(int point, bool ascii) => (!ascii || point < 128) && PythonCharacters.IsWord(point);

    public bool Contains(int point) => Holds(_folds ? Lower(point, _ascii) : point) != _negated;

    /// <summary>One of them: the only one, or the first of the candidates that is in it.</summary>
    public int? Sample(string candidates)
    {
        if (!_negated && _categories.Count == 0 && _ranges is [var (first, last)] && first == last)
            return Valid(first);
        foreach (var candidate in candidates)
        {
            if (Contains(candidate))
                return candidate;
        }

        return _negated || _ranges.Count == 0 ? null : Valid(_ranges[0].First);
    }

    private static int? Valid(int point) => point is >= 0xd800 and <= 0xdfff ? null : point;

    private bool Holds(int point)
    {
        if (_folds && _folded.Contains(point))
            return true;
        foreach (var (first, last) in _ranges)
        {
            if (_folds ? InRangeBeyond(point, first, last) : point >= first && point <= last)
                return true;
        }

        foreach (var category in _categories)
        {
            if (IsOf(category, point))
                return true;
        }

        return false;
    }

    // Characters above U+FFFF have one small and one capital form at most.
    private static bool InRangeBeyond(int point, int first, int last)
    {
        if (last <= 0xffff)
            return false;
        var upper = PythonCharacters.Upper(point);
        return (point >= first && point <= last) || (upper >= first && upper <= last);
    }

    private bool IsOf(char category, int point) =>
        category switch
        {
            'd' => IsDecimal(point),
            'D' => !IsDecimal(point),
            's' => IsSpace(point),
            'S' => !IsSpace(point),
            'w' => IsWord(point, _ascii),
            _ => !IsWord(point, _ascii),
        };

    private bool IsDecimal(int point) => (!_ascii || point < 128) && PythonCharacters.IsDecimal(point);

    private bool IsSpace(int point) => _ascii ? point is ' ' or (>= 9 and <= 13) : PythonCharacters.IsSpace(point);

    private void Fold()
    {
        foreach (var (first, last) in _ranges)
        {
            for (var point = first; point <= Math.Min(last, 0xffff); point++)
            {
                var lower = Lower(point, _ascii);
                _folded.Add(lower);
                if (!_ascii)
                    _folded.UnionWith(SameCapital.FirstOrDefault(same => same.Contains(lower)) ?? []);
            }
        }
    }
}
