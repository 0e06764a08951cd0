using FedSite.Images.Inspection;
using FedSite.TestKit;

namespace FedSite.Tests.Images.Inspection;

public sealed class InspectionPageTests
{
    private static readonly string[] Ids =
    [
        .. ImageFault.All.Select(fault => fault.Id),
        .. ForeignFormat.All.Select(format => format.AsFault.Id),
    ];

    [Fact]
    public void The_page_has_a_row_for_each_finding_and_no_other()
    {
        var rows = File.ReadLines(Golden.PathOf("../../docs/image-inspection.md"))
            .SkipWhile(line => line != "## Findings")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(Ids.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_finding_says_what_it_is_what_it_could_do_and_what_to_do()
    {
        foreach (var fault in ImageFault.All.Concat(ForeignFormat.All.Select(format => format.AsFault)))
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", fault.Id);
            Assert.DoesNotMatch(@"\.$", fault.What);
            Assert.Matches(@"\.$", fault.Danger);
            Assert.Matches(@"\.$", fault.Remedy);
        }
    }
}
