using System.Text.Json;
using FedSite.App;
using FedSite.App.Commands;
using FedSite.Information.Comparison;
using FedSite.Tests.Information;

namespace FedSite.Tests.App;

public sealed class InfoDiffViewTests
{
    private static readonly SomeSite Before = SomeSite.Ordinary;

    private static readonly SomeSite After = Before with
    {
        Shares =
        [
            Before.Shares[0] with
            {
                Images = [SomeImage.Debian with { Tag = "2026-11-01-ffff" }],
                Flavors = [.. Before.Shares[0].Flavors, new SomeFlavor("n1", "new.1")],
            },
            Before.Shares[1],
        ],
    };

    [Fact]
    public async Task Text_has_a_line_for_each_object_and_each_member() =>
        Assert.Equal(
            """
            published -> now: lost 1 image, 1 flavor new, 1 image changed
            - image Fedora von hier (11111111-4d39-4f0e-9a52-6d5b8cf00a11)
            ~ image registry.egi.eu egi_vm_images/debian:12 (8f2b7a2e-4d39-4f0e-9a52-6d5b8cf00a11)
                OtherInfo.eu.egi.cloud.tag: 2026-10-01-1a2b3c4d -> 2026-11-01-ffff
            + flavor new.1 (n1)

            """,
            await ShowAsync("diff")
        );

    [Fact]
    public async Task Json_has_the_same_by_kind()
    {
        using var document = JsonDocument.Parse(await ShowAsync("diff --output json"));

        var images = document.RootElement.GetProperty("classes")[0];
        Assert.Equal(
            "lost 1 image, 1 flavor new, 1 image changed",
            document.RootElement.GetProperty("summary").GetString()
        );
        Assert.Equal("image", images.GetProperty("kind").GetString());
        Assert.Equal(SomeImage.Own.Id, images.GetProperty("lost")[0].GetProperty("id").GetString());
        Assert.Equal(
            "2026-11-01-ffff",
            images.GetProperty("changed")[0].GetProperty("members")[0].GetProperty("after").GetString()
        );
    }

    private static async Task<string> ShowAsync(string commandLine)
    {
        using var terminal = new TestTerminal();
        var root = new AppCommand("fedsite", "Test.")
        {
            Subcommands =
            {
                new AppCommand("diff", "Test.")
                {
                    Run = (context, _, _) =>
                    {
                        var difference = DocumentDifference.Between(Before.ToBytes(), After.ToBytes());
                        InfoDiffView.Show(context.Output, "published", "now", difference);
                        return Task.FromResult(ExitCode.Done);
                    },
                },
            },
        };
        GlobalOptions.AddTo(root);
        await terminal.RunAsync(root, commandLine);
        return terminal.Out;
    }
}
