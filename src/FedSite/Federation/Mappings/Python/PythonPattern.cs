namespace FedSite.Federation.Mappings.Python;

/// <summary>
/// A regular expression as Python's <c>re</c> understands it. Not .NET's own: the two differ in what letters, digits and
/// blanks are, in case, flags, groups and in what is an error, and a mapping decides who gets in.
/// </summary>
internal sealed class PythonPattern
{
    // Some seconds; Keystone would hang on such a value for much longer.
    private const int MaximumSteps = 20_000_000;

    private readonly PatternStep[] _steps;
    private readonly int _slots;

    private PythonPattern(PatternStep[] steps, int slots)
    {
        _steps = steps;
        _slots = slots;
    }

    /// <exception cref="PythonError">Python refuses the expression: class <c>error</c> or <c>OverflowError</c>.</exception>
    /// <exception cref="UndecidedException">It uses something that FedSite does not evaluate.</exception>
    public static PythonPattern Compile(string pattern)
    {
        var (root, groups) = PatternParser.Parse(pattern);
        var (steps, slots) = PatternProgram.Of(root, groups);
        return new PythonPattern(steps, slots);
    }

    /// <summary>The expression matches somewhere in the text.</summary>
    /// <exception cref="UndecidedException">That takes too long.</exception>
    public bool IsIn(string text)
    {
        var run = new Run(_steps, _slots, PythonCharacters.CodePoints(text));
        for (var start = 0; start <= run.Length; start++)
        {
            if (run.MatchAt(start))
                return true;
        }

        return false;
    }

    private sealed class Run(PatternStep[] steps, int slots, int[] text)
    {
        // Where to go on after a failure; or, with a negative step, a slot and what it held before.
        private readonly Stack<(int Step, int Place)> _trail = new();
        private readonly int[] _notes = new int[slots];
        private int _taken;

        public int Length => text.Length;

        public bool MatchAt(int place)
        {
            Array.Fill(_notes, -1);
            _trail.Clear();
            return Matches(0, place);
        }

        /// <summary>The steps up to the next Done match from there on.</summary>
        private bool Matches(int step, int place)
        {
            var bottom = _trail.Count;
            while (true)
            {
                if (++_taken > MaximumSteps)
                {
                    throw new UndecidedException(
                        "An expression takes too long on a value; Keystone would hang there too.",
                        "Write it without repetitions of repetitions, for instance (a+)+."
                    );
                }

                if (steps[step].Kind is StepKind.Done)
                {
                    Forget(bottom);
                    return true;
                }

                if (!Take(ref step, ref place) && !Back(bottom, ref step, ref place))
                    return false;
            }
        }

        private bool Take(ref int step, ref int place)
        {
            var now = steps[step++];
            switch (now.Kind)
            {
                case StepKind.One:
                    return place < text.Length && now.Set!.Contains(text[place++]);
                case StepKind.At:
                    return Holds((Position)now.A, place);
                case StepKind.Split:
                    _trail.Push((now.B, place));
                    step = now.A;
                    return true;
                case StepKind.Jump:
                    step = now.A;
                    return true;
                case StepKind.Note:
                    Note(now.A, place);
                    return true;
                case StepKind.JumpIfEmpty:
                    step = _notes[now.A] == place ? now.B : step;
                    return true;
                case StepKind.JumpUnlessGroup:
                    step = IsSet(now.A) ? step : now.B;
                    return true;
                case StepKind.Reference:
                    return Repeats(now.A, now.Flags, ref place);
                default:
                    return Looks(now, ref step, place);
            }
        }

        private bool Looks(PatternStep now, ref int step, int place)
        {
            var start = place - now.B;
            var bottom = _trail.Count;
            var found = start >= 0 && Matches(step, start);
            step = now.A;
            if (now.Kind is StepKind.Look || !found)
                return found == (now.Kind is StepKind.Look);
            while (_trail.Count > bottom)
                Undo();
            return false;
        }

        // What was seen by looking is not tried otherwise; what it noted can still be taken back.
        private void Forget(int bottom)
        {
            var notes = new List<(int, int)>();
            while (_trail.Count > bottom)
            {
                if (_trail.Pop() is (< 0, _) note)
                    notes.Add(note);
            }

            for (var i = notes.Count - 1; i >= 0; i--)
                _trail.Push(notes[i]);
        }

        private bool Back(int bottom, ref int step, ref int place)
        {
            while (_trail.Count > bottom)
            {
                if (Undo() is { } choice)
                {
                    (step, place) = choice;
                    return true;
                }
            }

            return false;
        }

        private (int Step, int Place)? Undo()
        {
            var last = _trail.Pop();
            if (last.Step >= 0)
                return last;
            _notes[-1 - last.Step] = last.Place;
            return null;
        }

        private void Note(int slot, int place)
        {
            _trail.Push((-1 - slot, _notes[slot]));
            _notes[slot] = place;
        }

        private bool IsSet(int group) => _notes[2 * group + 1] >= 0;

        private bool Repeats(int group, PatternFlags flags, ref int place)
        {
            if (!IsSet(group))
                return false;
            var start = _notes[2 * group];
            var length = _notes[2 * group + 1] - start;
            if (place + length > text.Length)
                return false;
            for (var i = 0; i < length; i++)
            {
                if (!IsSame(text[start + i], text[place + i], flags))
                    return false;
            }

            place += length;
            return true;
        }

        private static bool IsSame(int one, int other, PatternFlags flags)
        {
            var ascii = flags.HasFlag(PatternFlags.Ascii);
            return one == other
                || (
                    flags.HasFlag(PatternFlags.IgnoreCase)
                    && CharacterSet.Lower(one, ascii) == CharacterSet.Lower(other, ascii)
                );
        }

        private bool Holds(Position position, int place) =>
            position switch
            {
                Position.Beginning or Position.BeginningOfText => place == 0,
                Position.BeginningOfLine => place == 0 || text[place - 1] == '\n',
                Position.EndOfText => place == text.Length,
                Position.End => place == text.Length || (place == text.Length - 1 && text[place] == '\n'),
                Position.EndOfLine => place == text.Length || text[place] == '\n',
                Position.WordBoundary => text.Length > 0 && IsBoundary(place, ascii: false),
                Position.AsciiWordBoundary => text.Length > 0 && IsBoundary(place, ascii: true),
                // In an empty text Python finds neither.
                Position.NoWordBoundary => text.Length > 0 && !IsBoundary(place, ascii: false),
                _ => text.Length > 0 && !IsBoundary(place, ascii: true),
            };

        private bool IsBoundary(int place, bool ascii) =>
            (place > 0 && CharacterSet.IsWord(text[place - 1], ascii))
            != (place < text.Length && CharacterSet.IsWord(text[place], ascii));
    }
}
