namespace FedSite.Federation.Mappings.Python;

/// <summary>One step of a compiled expression.</summary>
/// <param name="A">Target, slot, group or distance, as the step needs it.</param>
/// <param name="B">A second one.</param>
internal readonly record struct PatternStep(StepKind Kind, int A = 0, int B = 0)
{
    public CharacterSet? Set { get; init; }
    public PatternFlags Flags { get; init; }
}

internal enum StepKind
{
    /// <summary>Takes a character of the set.</summary>
    One,

    /// <summary>Holds at the <see cref="Position"/> A.</summary>
    At,

    /// <summary>Tries A, and B when that fails.</summary>
    Split,

    /// <summary>Goes on at A.</summary>
    Jump,

    /// <summary>Notes the place in slot A.</summary>
    Note,

    /// <summary>Goes on at B when nothing was taken since slot A was noted.</summary>
    JumpIfEmpty,

    /// <summary>Takes again what group A took.</summary>
    Reference,

    /// <summary>Goes on at B when group A took nothing.</summary>
    JumpUnlessGroup,

    /// <summary>The steps up to A must match from B characters before; takes nothing.</summary>
    Look,

    /// <summary>The opposite of Look.</summary>
    LookNot,

    /// <summary>It matches.</summary>
    Done,
}

/// <summary>Turns the tree of an expression into steps.</summary>
internal sealed class PatternProgram
{
    private const int MaximumSteps = 50_000;

    private readonly List<PatternStep> _steps = [];
    private int _slots;

    private PatternProgram(int groups) => _slots = 2 * groups;

    /// <exception cref="PythonError">A look-behind is not of one length.</exception>
    /// <exception cref="UndecidedException">It has too many steps.</exception>
    public static (PatternStep[] Steps, int Slots) Of(PatternNode root, int groups)
    {
        var program = new PatternProgram(groups);
        program.Emit(root);
        program.Add(new PatternStep(StepKind.Done));
        return ([.. program._steps], program._slots);
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new PatternStep(StepKind.One) { Set = one.Set });
                break;
            case PatternNode.At at:
                Add(new PatternStep(StepKind.At, (int)at.Position));
                break;
            case PatternNode.Sequence sequence:
                foreach (var item in sequence.Items)
                    Emit(item);
                break;
            case PatternNode.Branch branch:
                Emit(branch);
                break;
            case PatternNode.Group { Number: { } number } group:
                Add(new PatternStep(StepKind.Note, 2 * number));
                Emit(group.Body);
                Add(new PatternStep(StepKind.Note, 2 * number + 1));
                break;
            case PatternNode.Group group:
                Emit(group.Body);
                break;
            case PatternNode.Repeat repeat:
                Emit(repeat);
                break;
            case PatternNode.Look look:
                Emit(look);
                break;
            case PatternNode.Reference reference:
                Add(new PatternStep(StepKind.Reference, reference.Number) { Flags = reference.Flags });
                break;
            case PatternNode.Conditional conditional:
                Emit(conditional);
                break;
            default:
                throw new InvalidOperationException(node.GetType().Name);
        }
    }

    private static int Distance(PatternNode.Look look)
    {
        if (!look.Back)
            return 0;
        var (least, most) = look.Body.Width;
        return least == most
            ? (int)UInt128.Min(least, int.MaxValue)
            : throw PatternSource.Wrong("a look-behind must be of one length");
    }

    private void Emit(PatternNode.Look look)
    {
        var distance = Distance(look);
        var at = Add(default);
        Emit(look.Body);
        Add(new PatternStep(StepKind.Done));
        _steps[at] = new PatternStep(look.Wanted ? StepKind.Look : StepKind.LookNot, _steps.Count, distance);
    }

    private void Emit(PatternNode.Branch branch)
    {
        var ends = new List<int>();
        for (var i = 0; i < branch.Choices.Count; i++)
        {
            var last = i == branch.Choices.Count - 1;
            var split = last ? -1 : Add(default);
            Emit(branch.Choices[i]);
            if (last)
                break;
            ends.Add(Add(default));
            _steps[split] = new PatternStep(StepKind.Split, split + 1, _steps.Count);
        }

        foreach (var end in ends)
            _steps[end] = new PatternStep(StepKind.Jump, _steps.Count);
    }

    private void Emit(PatternNode.Conditional conditional)
    {
        var jump = Add(default);
        Emit(conditional.Yes);
        var end = Add(default);
        _steps[jump] = new PatternStep(StepKind.JumpUnlessGroup, conditional.Number, _steps.Count);
        if (conditional.No is { } no)
            Emit(no);
        _steps[end] = new PatternStep(StepKind.Jump, _steps.Count);
    }

    private void Emit(PatternNode.Repeat repeat)
    {
        if (repeat.Most == 0)
        {
            // Never run, but it must be right.
            var before = _steps.Count;
            Emit(repeat.Body);
            _steps.RemoveRange(before, _steps.Count - before);
            return;
        }

        for (long i = 0; i < repeat.Least; i++)
            Emit(repeat.Body);
        var slot = _slots++;
        if (repeat.Most == PatternNode.Endless)
        {
            var (split, leave) = Optional(repeat, slot);
            Add(new PatternStep(StepKind.Jump, split));
            Close([(split, leave)], repeat.Lazy, slot);
            return;
        }

        var open = new List<(int Split, int Leave)>();
        for (var i = repeat.Least; i < repeat.Most; i++)
            open.Add(Optional(repeat, slot));
        Close(open, repeat.Lazy, slot);
    }

    // Once more or not; a turn that takes nothing is the last one.
    private (int Split, int Leave) Optional(PatternNode.Repeat repeat, int slot)
    {
        var split = Add(default);
        Add(new PatternStep(StepKind.Note, slot));
        Emit(repeat.Body);
        return (split, Add(default));
    }

    private void Close(List<(int Split, int Leave)> turns, bool lazy, int slot)
    {
        var end = _steps.Count;
        foreach (var (split, leave) in turns)
        {
            _steps[split] = lazy
                ? new PatternStep(StepKind.Split, end, split + 1)
                : new PatternStep(StepKind.Split, split + 1, end);
            _steps[leave] = new PatternStep(StepKind.JumpIfEmpty, slot, end);
        }
    }

    private int Add(PatternStep step)
    {
        if (_steps.Count >= MaximumSteps)
            throw new UndecidedException("An expression repeats too much to be evaluated.", "Write it simpler.");
        _steps.Add(step);
        return _steps.Count - 1;
    }
}
