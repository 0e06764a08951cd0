using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Accounting;

/// <summary>A project of several VOs.</summary>
public sealed class SharedProjectTests
{
    [Theory]
    [InlineData("med", "/med/imaging")]
    [InlineData("/med/imaging", "med")]
    public async Task Its_usage_counts_for_the_VO_that_is_listed_first(string first, string second)
    {
        await using var site = await ExtractionSite.StartAsync(new SandboxOptions { Servers = 12, Projects = 1 });
        var project = site.Sandbox.World.SeededProjects.Single();
        var config = site.Config with
        {
            Vos =
            [
                new VoConfig { Name = first, Projects = [ProjectRef.Parse(project.Name)] },
                // The same one, written otherwise.
                new VoConfig { Name = second, Projects = [ProjectRef.Parse(project.Id)] },
            ],
        };
        using var cloud = site.Connect();

        var choices = await new ProjectSelection(cloud, config, NullLogger.Instance).ChooseAsync(
            [],
            TestContext.Current.CancellationToken
        );

        Assert.Equal(first, Assert.Single(choices, choice => choice.Accounted).Vo);
    }
}
