using FedSite.Accounting;

namespace FedSite.Tests.Messages;

/// <summary>A temporary folder with message files.</summary>
internal sealed class MessageFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("records").FullName;

    /// <summary>Writes a file, in a folder of its own if the name says so, and returns its path.</summary>
    public string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Adds these messages, and no others, to a set of an index.</summary>
    public async Task<IndexedFiles> IndexAsync(RecordIndex index, int side, IEnumerable<string> texts)
    {
        List<string> files = [.. texts.Select((text, i) => Write($"{side}-{i:0000}", text))];
        return await index.AddAsync(files, side, only: null, () => { }, TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
