using FedSite.App.Terminals;

namespace FedSite.Tests.App;

public sealed class TextTableTests
{
    private static TextTable Some()
    {
        var table = new TextTable("vo", "#records", "state");
        table.Add("vo.example.eu", "7", new Cell("sent", Tone.Good));
        table.Add("ops", "1200", "waits\nlong");
        return table;
    }

    [Fact]
    public void Plain_tables_align_and_have_one_line_a_row() =>
        Assert.Equal(
            """
            VO             RECORDS  STATE
            vo.example.eu        7  sent
            ops               1200  waits long

            """,
            Some().ToString()
        );

    [Fact]
    public void What_turns_writing_around_is_blank()
    {
        var table = new TextTable("machine", "owner");
        table.Add("web\u202eexe", "\u2066ada");

        Assert.Equal("MACHINE  OWNER\nweb exe   ada\n", table.ToString());
    }

    [Fact]
    public void Without_colours_a_terminal_gets_no_escape_sequences() =>
        Assert.DoesNotContain("\e", SpectreTables.Render(Some(), width: 60, colors: false), StringComparison.Ordinal);

    [Fact]
    public void With_colours_a_good_cell_is_green() =>
        Assert.Contains("\e[32m", SpectreTables.Render(Some(), width: 60, colors: true), StringComparison.Ordinal);

    [Fact]
    public void A_cell_does_not_command_the_terminal()
    {
        var table = new TextTable("project");
        table.Add("red \e[31m \a project");

        Assert.Equal("PROJECT\nred  [31m   project\n", table.ToString());
    }
}
