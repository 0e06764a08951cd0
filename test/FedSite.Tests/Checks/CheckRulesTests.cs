using System.Text;
using FedSite.Checks;
using FedSite.TestKit;

namespace FedSite.Tests.Checks;

public sealed class CheckRulesTests
{
    [Fact]
    public void Ids_are_unique() =>
        Assert.Equal(CheckRules.All.Count, CheckRules.All.Select(rule => rule.Id).Distinct().Count());

    [Fact]
    public void Every_rule_is_listed() =>
        Assert.Equal(
            typeof(CheckRules).GetProperties().Count(p => p.PropertyType == typeof(CheckRule)),
            CheckRules.All.Count
        );

    [Fact]
    public void Documentation_has_every_rule() => Golden.Check(Document(), "../../docs/checks.md");

    private static string Document()
    {
        var text = new StringBuilder(
            """
            # What `fedsite check` looks at

            Made from `src/FedSite/Checks/CheckRules.cs`. Each finding has one of these ids; an id never changes its meaning.
            A finding is *ok*, *info* (nothing to do), *warning* (works, but costs something or will break later) or *error*
            (broken; the exit code is 1).


            """
        );
        foreach (var rule in CheckRules.All)
            text.Append($"## {rule.Id}\n\n**{rule.Title}.** {rule.Why}\n\nWhat to do: {rule.Remedy}\n\n");
        return text.ToString().TrimEnd() + "\n";
    }
}
