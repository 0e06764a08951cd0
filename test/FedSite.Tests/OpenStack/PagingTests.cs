using FedSite.OpenStack;
using FedSite.Sandbox;

namespace FedSite.Tests.OpenStack;

public sealed class PagingTests
{
    private const string Whole = """
        {"id": "1", "name": "one", "status": "ACTIVE", "tenant_id": "p", "created": "2026-01-01T00:00:00Z",
         "updated": "2026-01-01T00:00:00Z"}
        """;

    [Fact]
    public async Task All_pages_of_a_service_with_small_pages_are_read()
    {
        await using var large = await TestCloud.StartAsync(new SandboxOptions { Servers = 100 });
        await using var small = await TestCloud.StartAsync(new SandboxOptions { Servers = 100, MaxLimit = 7 });

        var expected = (await large.ServersAsync()).Select(listed => listed.Item!.Id);

        Assert.Equal(expected, (await small.ServersAsync()).Select(listed => listed.Item!.Id));
    }

    [Fact]
    public async Task Pages_that_go_in_a_circle_are_given_up()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers(
            $$"""{"servers": [{{Whole}}], "servers_links": [{"rel": "next", "href": "http://x/servers?marker=1"}]}""",
            times: 100
        );

        var failure = await Assert.ThrowsAsync<OpenStackException>(cloud.ServersAsync);

        Assert.Contains("circle", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_link_to_another_host_is_not_followed_there()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect();
        var second = (await cloud.ServersAsync(client))[0].Item!.Id;
        cloud.AnswerServers(
            $$"""{"servers": [], "servers_links": [{"rel": "next", "href": "http://127.0.0.1:1/x?marker={{second}}"}]}"""
        );

        Assert.NotEmpty(await cloud.ServersAsync(client));
    }

    [Fact]
    public async Task One_unreadable_server_costs_itself_alone()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers($$"""{"servers": [{"id": "0", "status": "ACTIVE"}, {{Whole}}]}""");

        var servers = await cloud.ServersAsync();

        Assert.Null(servers[0].Item);
        Assert.Contains("created", servers[0].Fault, StringComparison.Ordinal);
        Assert.False(servers[0].Passing);
        Assert.Equal("one", servers[1].Item!.Name);
    }

    [Fact]
    public async Task One_server_that_is_nested_without_end_costs_itself_alone()
    {
        await using var cloud = await TestCloud.StartAsync();
        var nested = new string('[', 5000) + new string(']', 5000);
        cloud.AnswerServers($$"""{"servers": [{"id": "0", "metadata": {{nested}}}, {{Whole}}]}""");

        Assert.Equal([false, true], (await cloud.ServersAsync()).Select(listed => listed.Item is not null));
    }

    [Fact]
    public async Task A_null_where_there_must_be_a_text_costs_the_server_alone()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers(
            $$"""{"servers": [{{Whole.Replace("\"1\"", "null", StringComparison.Ordinal)}}, {{Whole}}]}"""
        );

        Assert.Equal([false, true], (await cloud.ServersAsync()).Select(listed => listed.Item is not null));
    }

    [Fact]
    public async Task A_server_of_a_cell_that_is_down_is_told_as_passing()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers(
            """
            {"servers": [{"id": "0", "status": "UNKNOWN", "tenant_id": "p", "created": "2026-01-01T00:00:00Z", "links": []}]}
            """
        );

        var server = Assert.Single(await cloud.ServersAsync());

        Assert.True(server.Passing);
        Assert.Contains("cell is down", server.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("{\"servers\": [")]
    [InlineData("{\"servers\": []")]
    [InlineData("{\"images\": []}")]
    [InlineData("{\"servers\": [], \"servers_links\": [{\"rel\": 7}]}")]
    [InlineData("{\"servers\": [], \"links\": {\"next\": {}}}")]
    [InlineData("{\"servers\": [], \"next\": \"\\ud800\"}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task An_answer_that_is_no_list_of_servers_is_never_taken_for_an_empty_one(string body)
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers(body, times: 100);

        var failure = await Assert.ThrowsAsync<OpenStackException>(cloud.ServersAsync);

        Assert.Contains("not understood", failure.Message, StringComparison.Ordinal);
    }
}
