using System.Text;
using System.Text.RegularExpressions;
using FedSite.Messages;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Messages;

public sealed partial class SpoolTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 30, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("spool").FullName;
    private readonly FakeTimeProvider _time = new(Noon);

    [Fact]
    public async Task A_message_lies_in_a_folder_of_its_minute_under_seconds_microseconds_and_a_digit()
    {
        var name = await Add("text");

        Assert.Matches(Layout(), name);
        Assert.Equal(Noon.ToUnixTimeSeconds() / 60 * 60, Convert.ToInt64(name[..8], 16));
        Assert.Equal(Noon.ToUnixTimeSeconds(), Convert.ToInt64(name[9..17], 16));
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(_folder, name), Stop));
    }

    [Fact]
    public async Task Nothing_but_the_message_is_left_in_the_folder()
    {
        var name = await Add("text");

        Assert.Equal(
            [Path.Combine(_folder, name)],
            Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
        );
    }

    [Fact]
    public async Task A_spool_that_is_deleted_under_a_run_is_told_and_not_made_anew_by_it()
    {
        var spool = new Spool(Path.Combine(_folder, "spool"), _time);
        await spool.AddAsync(["first"u8.ToArray()], Stop);
        Directory.Delete(spool.Folder, recursive: true);

        await Assert.ThrowsAsync<SpoolException>(() => spool.AddAsync(["second"u8.ToArray()], Stop));

        Assert.False(Directory.Exists(spool.Folder));
    }

    [Fact]
    public async Task Names_increase_within_one_microsecond()
    {
        var names = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            names.Add(await Add("x"));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal).Distinct(), names);
    }

    [Fact]
    public async Task Several_messages_are_queued_in_their_order()
    {
        var spool = new Spool(_folder, _time);

        await spool.AddAsync(["first"u8.ToArray(), "second"u8.ToArray(), "third"u8.ToArray()], Stop);

        Assert.Equal(
            ["first", "second", "third"],
            spool.List().Select(name => File.ReadAllText(Path.Combine(_folder, name)))
        );
    }

    [Fact]
    public async Task Names_increase_when_the_clock_steps_back_even_for_a_new_process()
    {
        var first = await Add("x");
        var spool = new Spool(_folder, new FakeTimeProvider(Noon.AddHours(-1)));

        var second = await spool.AddAsync(["y"u8.ToArray()], Stop);

        Assert.True(string.CompareOrdinal(first, second[0]) < 0);
    }

    [Fact]
    public async Task A_name_made_by_hand_far_in_the_future_is_not_followed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "f0000000"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "f0000000", "f0000000000000"), "x", Stop);

        var name = await Add("y");

        Assert.Equal(Noon.ToUnixTimeSeconds(), Convert.ToInt64(name[9..17], 16));
    }

    [Fact]
    public async Task Messages_are_listed_in_order_and_nothing_else_is()
    {
        foreach (var file in new[] { "0000003c/00000050000000", "0000003c/0000004f000000", "12345678/1234567890abcd" })
        {
            Put(file);
        }

        foreach (
            var file in new[] { "0000003c/00000050000000.lck", "0000003c/0000004f00000.tmp", "sent/0000004f000000" }
        )
        {
            Put(file);
        }

        Put("0000003C/0000004F000000");
        Assert.Equal(
            ["0000003c/0000004f000000", "0000003c/00000050000000", "12345678/1234567890abcd"],
            new Spool(_folder, _time).List()
        );
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_explained()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Stop);

        var failure = await Assert.ThrowsAsync<SpoolException>(() =>
            new Spool(file, _time).AddAsync(["x"u8.ToArray()], Stop)
        );

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_get_names_of_their_own()
    {
        var spool = new Spool(_folder, TimeProvider.System);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => spool.AddAsync([Encoding.ASCII.GetBytes($"{i}")], Stop))
        );
        var names = answers.SelectMany(a => a).ToList();

        Assert.Equal(100, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), spool.List());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Spool? _spool;

    private async Task<string> Add(string text) =>
        (await (_spool ??= new Spool(_folder, _time)).AddAsync([Encoding.ASCII.GetBytes(text)], Stop))[0];

    private void Put(string name)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, name);
    }

    [GeneratedRegex("^[0-9a-f]{8}/[0-9a-f]{14}$")]
    private static partial Regex Layout();
}
