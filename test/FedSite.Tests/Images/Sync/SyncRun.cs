using System.Text;
using System.Text.Json;

namespace FedSite.Tests.Images.Sync;

/// <summary>What a run of <c>images sync</c> came to.</summary>
internal sealed record SyncRun(ExitCode Exit, string Output, string Error)
{
    private readonly JsonElement _document = JsonElement.Parse(Output);

    /// <summary>False: it ended before there was a plan.</summary>
    public bool HasPlan => _document.TryGetProperty("slots", out _);

    /// <summary>For instance <c>replace done, hide put_off</c>, in the order of the work.</summary>
    public string Actions =>
        string.Join(", ", List("actions").Select(action => $"{Text(action, "step")} {Text(action, "result")}"));

    /// <summary>Why something failed or was put off, and what was decided where nothing is offered.</summary>
    public IReadOnlyList<string> Reasons =>
        [
            .. List("actions").Select(action => Text(action, "why")).OfType<string>(),
            .. List("slots").Where(slot => Text(slot, "decision") != "offered").Select(slot => Text(slot, "reason")!),
            .. List("sources").Select(source => Text(source, "problem")).OfType<string>(),
            .. List("vo_problems").Select(problem => problem.GetString()!),
            .. _document.TryGetProperty("error", out var error) ? [Text(error, "message")!] : (string[])[],
        ];

    public IReadOnlyList<string> Notes =>
        [
            .. List("slots")
                .SelectMany(slot => slot.GetProperty("notes").EnumerateArray())
                .Select(note => note.GetString()!),
        ];

    /// <summary>Bytes that went into Glance.</summary>
    public long Sent => _document.GetProperty("bytes_sent").GetInt64();
    public long Requests => _document.GetProperty("requests").GetInt64();

    /// <summary>Null: the slot is not among them.</summary>
    public string? Decision(string slot) => Slot(slot, "decision");

    /// <summary>For instance <c>rollback</c>; null: it is not refused.</summary>
    public string? Refusal(string slot) => Slot(slot, "refusal");

    public override string ToString() =>
        new StringBuilder().AppendLine($"{Exit}").Append(Output).Append(Error).ToString();

    private string? Slot(string slot, string key) =>
        List("slots").Where(one => Text(one, "slot") == slot).Select(one => Text(one, key)).SingleOrDefault();

    private List<JsonElement> List(string name) =>
        _document.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) ? value.GetString() : null;
}
