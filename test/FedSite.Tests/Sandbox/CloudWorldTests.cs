using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Sandbox;

public sealed class CloudWorldTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static CloudWorld Make(long seed, long servers = 300) =>
        new(
            new SandboxOptions
            {
                Seed = seed,
                Servers = servers,
                Projects = 3,
                TimeProvider = new FakeTimeProvider(Start),
            }
        );

    private static List<SandboxServer> All(CloudWorld world) =>
        [.. world.SeededProjects.SelectMany(p => world.Servers(p.Id))];

    [Fact]
    public void The_same_seed_gives_the_same_servers() => Assert.Equal(All(Make(7)), All(Make(7)));

    [Fact]
    public void Another_seed_gives_other_servers() => Assert.Empty(All(Make(7)).Intersect(All(Make(8))));

    [Fact]
    public void Servers_are_spread_over_the_projects_without_remainder() => Assert.Equal(301, All(Make(1, 301)).Count);

    [Fact]
    public void Each_server_is_found_by_its_id()
    {
        var world = Make(3);

        Assert.All(All(world), server => Assert.Equal(server, world.FindServer(server.Id)));
    }

    [Fact]
    public void Times_of_a_server_follow_each_other_and_never_lie_ahead() =>
        Assert.All(
            All(Make(5, 3000)),
            server =>
            {
                DateTimeOffset?[] times =
                [
                    server.Created,
                    server.LaunchedAt,
                    server.TerminatedAt,
                    server.Updated,
                    Start,
                ];
                var known = times.OfType<DateTimeOffset>().ToList();
                Assert.Equal(known.Order(), known);
            }
        );

    [Fact]
    public void About_three_in_ten_are_deleted_and_every_other_state_occurs()
    {
        var servers = All(Make(1, 10_000));

        Assert.InRange(servers.Count(s => s.Deleted), 2_800, 3_200);
        string[] states =
        [
            "ACTIVE",
            "BUILD",
            "DELETED",
            "ERROR",
            "PAUSED",
            "SHELVED_OFFLOADED",
            "SHUTOFF",
            "SUSPENDED",
            "VERIFY_RESIZE",
        ];
        Assert.Equal(states, servers.Select(s => s.Status).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Advancing_a_server_to_deleted_ends_it_then()
    {
        var world = Make(1);
        var server = All(world).First(s => s.Status == "ACTIVE");

        world.Advance(server.Id, "DELETED", Start.AddHours(1));

        Assert.Equal(Start.AddHours(1), world.FindServer(server.Id)?.TerminatedAt);
    }
}
