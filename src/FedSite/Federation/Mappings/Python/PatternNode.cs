namespace FedSite.Federation.Mappings.Python;

/// <summary>A piece of a regular expression, and how many characters it takes at least and at most.</summary>
internal abstract record PatternNode
{
    /// <summary>What Python holds for endless.</summary>
    public const long Endless = 4_294_967_295;

    public virtual (UInt128 Least, UInt128 Most) Width => (0, 0);

    /// <summary>One character.</summary>
    public sealed record One(CharacterSet Set) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width => (1, 1);
    }

    public sealed record At(Position Position) : PatternNode;

    public sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width { get; } =
            (
                UInt128.Min(Endless - 1, Items.Aggregate((UInt128)0, (sum, item) => sum + item.Width.Least)),
                UInt128.Min(Endless, Items.Aggregate((UInt128)0, (sum, item) => sum + item.Width.Most))
            );
    }

    public sealed record Branch(IReadOnlyList<PatternNode> Choices) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width { get; } =
            (Choices.Min(choice => choice.Width.Least), Choices.Max(choice => choice.Width.Most));
    }

    /// <param name="Number">Null: it only groups.</param>
    public sealed record Group(int? Number, PatternNode Body) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width => Body.Width;
    }

    /// <param name="Most"><see cref="Endless"/>: as often as one likes.</param>
    /// <param name="Lazy">Rather less often than more.</param>
    public sealed record Repeat(PatternNode Body, long Least, long Most, bool Lazy) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width { get; } =
            (Body.Width.Least * (UInt128)Least, Body.Width.Most * (UInt128)Most);
    }

    public sealed record Look(PatternNode Body, bool Back, bool Wanted) : PatternNode;

    public sealed record Reference(int Number, PatternFlags Flags, (UInt128 Least, UInt128 Most) Taken) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width => Taken;
    }

    /// <summary><c>(?(1)yes|no)</c>.</summary>
    public sealed record Conditional(int Number, PatternNode Yes, PatternNode? No) : PatternNode
    {
        public override (UInt128 Least, UInt128 Most) Width =>
            No is null
                ? (0, Yes.Width.Most)
                : (UInt128.Min(Yes.Width.Least, No.Width.Least), UInt128.Max(Yes.Width.Most, No.Width.Most));
    }
}

/// <summary>A place between characters.</summary>
internal enum Position
{
    Beginning,
    BeginningOfLine,
    BeginningOfText,
    End,
    EndOfLine,
    EndOfText,
    WordBoundary,
    NoWordBoundary,
    AsciiWordBoundary,
    NoAsciiWordBoundary,
}

[Flags]
internal enum PatternFlags
{
    None = 0,
    IgnoreCase = 1,
    Multiline = 2,
    DotAll = 4,
    Verbose = 8,
    Ascii = 16,
    Unicode = 32,
}
