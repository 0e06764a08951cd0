using FedSite.Sandbox;

namespace FedSite.Tests.Faults;

/// <summary>A way to fail.</summary>
/// <param name="Name">For the matrix.</param>
/// <param name="Fault">The fault; who it hits is for the call to say.</param>
internal sealed record FaultCase(string Name, SandboxFault Fault)
{
    private const int Always = int.MaxValue;

    /// <summary>Changes the true answer of a call that lists something.</summary>
    public Func<string, Func<byte[], byte[]>>? Rewrite { get; init; }

    /// <summary>Adds objects that nothing can be made of.</summary>
    public bool IsHostile { get; private init; }

    public override string ToString() => Name;

    /// <summary>Faults of any service.</summary>
    public static IReadOnlyList<FaultCase> Common { get; } =
    [
        Of("refused", FaultKind.Refuse, Always),
        Of("reset once", FaultKind.Reset),
        Of("reset", FaultKind.Reset, Always),
        new("slow", Truth with { Delay = TimeSpan.FromMilliseconds(30) }),
        Of("no answer once", FaultKind.Stall),
        Of("no answer", FaultKind.Stall, Always),
        new("cut once", Truth with { Kind = FaultKind.Cut }),
        new("cut", Truth with { Kind = FaultKind.Cut, Times = Always }),
        new("cut between chunks", Truth with { Kind = FaultKind.CutChunks, Times = Always }),
        Status("401 once", 401),
        Status("401", 401, Always),
        Status("403", 403, Always),
        Status("404", 404, Always),
        new("429 once, Retry-After: 7", Answer(429) with { RetryAfter = "7" }),
        new("429, Retry-After: 7", Answer(429, Always) with { RetryAfter = "7" }),
        Status("500 once", 500),
        Status("500", 500, Always),
        Status("503 once", 503),
        Status("503", 503, Always),
        Text("a login page", "<!doctype html><html><body><h1>Please log in</h1></body></html>"),
        new("half a document", Nothing with { Times = Always, Rewrite = body => body[..(body.Length / 2)] }),
        Text("an odd character set", "{}") with
        {
            Fault = Answer(200, Always) with { Body = "{}", ContentType = "application/json; charset=none" },
        },
        Text("wrong types", Hostile.WrongTypes),
        Text("nulls", Hostile.Nulls),
        Text("odd fields", Hostile.OddFields),
    ];

    /// <summary>Faults of what is sent.</summary>
    public static IReadOnlyList<FaultCase> OfMessages { get; } =
    [Status("400", 400, Always), Status("413 once", 413), Status("413", 413, Always)];

    /// <summary>All of them.</summary>
    public static IEnumerable<FaultCase> All => Common.Concat(OfMessages).Concat(OfLists);

    /// <summary>Faults of lists.</summary>
    public static IReadOnlyList<FaultCase> OfLists { get; } =
    [
        Listed("the same page again", list => Hostile.Loop(list, circle: 1)),
        Listed("pages in a circle", list => Hostile.Loop(list, circle: 2)),
        Listed("hostile objects", list => body => Hostile.Join(body, list)) with
        {
            IsHostile = true,
        },
    ];

    /// <summary>False: the call has no such answer.</summary>
    public bool Suits(FaultCall call) =>
        Rewrite is not null ? call.List is not null : call.Service is SandboxService.Ams || !OfMessages.Contains(this);

    public SandboxFault On(FaultSite site, FaultCall call) =>
        call.Of(site, Rewrite is null ? Fault : Fault with { Rewrite = Rewrite(call.List!) });

    /// <summary>Status of the answer, when it is one of failure.</summary>
    public int? StatusCode => Fault is { Kind: FaultKind.Answer, Rewrite: null, Status: not 200 } ? Fault.Status : null;

    private static SandboxFault Nothing => new() { Service = default };

    /// <summary>The true answer.</summary>
    private static SandboxFault Truth => Nothing with { Rewrite = body => body };

    private static FaultCase Of(string name, FaultKind kind, int times = 1) =>
        new(name, Nothing with { Kind = kind, Times = times });

    private static FaultCase Status(string name, int status, int times = 1) => new(name, Answer(status, times));

    private static FaultCase Text(string name, string body) => new(name, Answer(200, Always) with { Body = body });

    private static FaultCase Listed(string name, Func<string, Func<byte[], byte[]>> rewrite) =>
        new(name, Truth with { Times = Always }) { Rewrite = rewrite };

    private static SandboxFault Answer(int status, int times = 1) =>
        Nothing with
        {
            Status = status,
            Times = times,
            Body = """{"error": {"message": "Out of order \u001b[31m", "code": 0}}""",
        };
}
