namespace FedSite.Configuration;

/// <summary>Kinds of usage records.</summary>
public enum RecordKind
{
    /// <summary>Virtual machines, text format v0.4.</summary>
    Cloud,

    /// <summary>GPUs and the like, JSON format 0.1.</summary>
    Accelerator,

    /// <summary>Public IP addresses, JSON format 0.2.</summary>
    Ip,

    /// <summary>Volumes, StAR (XML).</summary>
    Storage,
}

/// <summary>Words of the kinds, in files, tables and options.</summary>
public static class RecordKinds
{
    /// <summary>All words, in the order of the kinds.</summary>
    public static IReadOnlyList<string> Words { get; } = ["cloud", "accelerator", "ip", "storage"];

    public static string Word(this RecordKind kind) => Words[(int)kind];

    /// <returns>Null: no kind.</returns>
    public static RecordKind? Parse(string word) =>
        Words.Index().Where(w => w.Item == word).Select(w => (RecordKind?)w.Index).FirstOrDefault();
}
