using FedSite.State;

namespace FedSite.Tests.State;

public sealed class StateDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    [Fact]
    public void It_is_readable_by_its_owner_alone_in_any_folder()
    {
        File.SetUnixFileMode(
            _folder,
            File.GetUnixFileMode(_folder) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );

        StateDatabase.Open(_folder);

        Assert.All(
            Directory.EnumerateFiles(_folder),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
    }

    [Fact]
    public void It_can_be_opened_again()
    {
        StateDatabase.Open(_folder);

        using var connection = StateDatabase.Open(_folder).Connect();

        Assert.Equal(System.Data.ConnectionState.Open, connection.State);
    }

    [Fact]
    public void A_file_that_is_no_database_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "fedsite.db"), new string('x', 4096));

        var refusal = Assert.Throws<StateException>(() => StateDatabase.Open(_folder));

        Assert.Contains(_folder, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_in_the_middle_is_told_with_the_file_and_what_to_do()
    {
        using var connection = StateDatabase.Open(_folder).Connect();
        connection.Execute("pragma max_page_count = 1");

        var failure = Assert.Throws<StateException>(() =>
            connection.Execute(
                "create table large as with recursive n (i) as (select 1 union select i + 1 from n limit 9999) select * from n"
            )
        );

        Assert.Contains($"{_folder}/fedsite.db is on a full disk", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Free some space", failure.NextStep, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
