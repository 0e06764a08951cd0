using System.Runtime.CompilerServices;

namespace FedSite.Tests.Architecture;

public sealed class SourceFileTests
{
    private const int MaxLines = 400;

    [Fact]
    public void Source_files_stay_small()
    {
        var large = Sources().Where(file => File.ReadLines(file).Count() > MaxLines);
        Assert.Empty(large.Select(file => Path.GetRelativePath(Root(), file)));
    }

    [Fact]
    public void No_warning_is_switched_off_in_a_source_file()
    {
        var silencing = Sources()
            .Where(file => File.ReadAllText(file).Contains("#pragma " + "warning disable", StringComparison.Ordinal));
        Assert.Empty(silencing.Select(file => Path.GetRelativePath(Root(), file)));
    }

    private static IEnumerable<string> Sources() =>
        new[] { "src", "test" }.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)
        );

    private static string Root([CallerFilePath] string caller = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, "../../.."));
}
