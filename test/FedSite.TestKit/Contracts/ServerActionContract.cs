using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Stopping, starting and deleting of servers of others, as an admin.</summary>
public abstract class ServerActionContract(ContractCloud cloud) : OwnProjectContract(cloud)
{
    private const string Conflict = "conflictingRequest";

    [Fact]
    public async Task A_server_that_is_stopped_is_ACTIVE_with_a_task_and_then_SHUTOFF()
    {
        var server = await ServerAsync();

        var answer = await ActAsync(server, "os-stop");
        var seen = await UntilAsync(() => StateAsync(server), state => state == ("SHUTOFF", null));

        Assert.Equal(202, answer.Status);
        Assert.All(
            seen,
            state => IsOneOf(state, ("ACTIVE", "powering-off"), ("SHUTOFF", "powering-off"), ("SHUTOFF", null))
        );
    }

    [Fact]
    public async Task A_server_that_is_stopped_already_or_just_now_is_a_conflict_until_it_is_started()
    {
        var server = await ServerAsync();

        Assert.Contains("active", await ConflictAsync(server, "os-start"), StringComparison.Ordinal);
        await ActAsync(server, "os-stop");
        await ConflictAsync(server, "os-stop");
        await StoppedAsync(server);
        Assert.Contains("stopped", await ConflictAsync(server, "os-stop"), StringComparison.Ordinal);
        Assert.Equal(202, (await ActAsync(server, "os-start")).Status);
        var seen = await UntilAsync(() => StateAsync(server), state => state == ("ACTIVE", null));
        Assert.All(
            seen,
            state => IsOneOf(state, ("SHUTOFF", "powering-on"), ("ACTIVE", "powering-on"), ("ACTIVE", null))
        );
    }

    [Fact]
    public async Task A_lock_stops_the_owner_and_no_admin()
    {
        var server = await ServerAsync();
        Assert.Equal(202, (await ActAsync(server, "lock", Member)).Status);

        Assert.Contains("locked", await ConflictAsync(server, "os-stop", Member), StringComparison.Ordinal);
        Assert.Equal(409, (await DeleteAsync($"{Url}/servers/{server}", Member)).Status);
        Assert.Equal(202, (await ActAsync(server, "os-stop")).Status);
        await StoppedAsync(server);
        Assert.Equal(202, (await ActAsync(server, "os-start")).Status);
        await UntilAsync(() => StateAsync(server), state => state == ("ACTIVE", null));
        Assert.Equal(204, (await DeleteAsync($"{Url}/servers/{server}")).Status);
        await GoneAsync(server);
    }

    [Theory]
    [InlineData("pause", "PAUSED")]
    [InlineData("suspend", "SUSPENDED")]
    [InlineData("shelve", "SHELVED")]
    public async Task A_server_that_rests_otherwise_can_t_be_stopped_and_can_be_deleted(string action, string status)
    {
        var server = await ServerAsync();
        await ActAsync(server, action);
        await UntilAsync(() => StateAsync(server), state => state == (status, null));

        await ConflictAsync(server, "os-stop");
        await ConflictAsync(server, "os-start");
        Assert.Equal(204, (await DeleteAsync($"{Url}/servers/{server}")).Status);
        await GoneAsync(server);
    }

    [Fact]
    public async Task A_server_in_ERROR_that_once_ran_can_be_stopped()
    {
        var server = await ServerAsync();
        await ActAsync(server, "os-resetState", argument: """{"state":"error"}""");
        Assert.Equal("ERROR", (await StateAsync(server)).Status);

        Assert.Equal(202, (await ActAsync(server, "os-stop")).Status);
        await StoppedAsync(server);
    }

    [Fact]
    public async Task A_server_that_is_being_built_can_t_be_stopped_and_can_be_deleted()
    {
        var server = Id(await BootAsync(), "server", 202);
        // By then it may be anywhere on its way, on a quick cloud at its end.
        var stopped = (await ActAsync(server, "os-stop")).Status;

        IsOneOf(stopped, 202, 404, 409);
        Assert.Equal(204, (await DeleteAsync($"{Url}/servers/{server}")).Status);
        await GoneAsync(server);
    }

    [Fact]
    public async Task A_server_is_deleted_once_and_then_404()
    {
        var server = await ServerAsync();
        var url = $"{Url}/servers/{server}";

        var first = await DeleteAsync(url);
        var second = await DeleteAsync(url);
        await GoneAsync(server);

        Assert.Equal(204, first.Status);
        IsOneOf(second.Status, 204, 404);
        Assert.Equal(404, (await DeleteAsync(url)).Status);
        Assert.Equal(404, (await ActAsync(server, "os-stop")).Status);
        Assert.Equal(404, (await ActAsync(server, "os-start")).Status);
    }

    [Fact]
    public async Task A_volume_in_use_is_not_deleted_and_free_when_its_server_is_gone()
    {
        var volume = await VolumeAsync();
        var server = await ServerAsync();
        var body = $$$"""{"volumeAttachment":{"volumeId":"{{{volume}}}"}}""";
        var attached = await Raw.SendAsync("POST", $"{Url}/servers/{server}/os-volume_attachments", Member, body, Ct);
        Assert.True(attached.Status == 200, attached.Text);
        await UntilAsync(() => StatusAsync("volume", volume), status => status == "in-use");

        var shown = await GetPageAsync($"{CinderOfAdmin}/volumes/{volume}", Admin);
        Assert.Equal(server, (string?)shown["volume"]!["attachments"]![0]!["server_id"]);
        Assert.Equal(400, (await DeleteAsync($"{CinderOfAdmin}/volumes/{volume}")).Status);
        var forced = await Raw.SendAsync(
            "POST",
            $"{CinderOfAdmin}/volumes/{volume}/action",
            Admin,
            """{"os-force_delete":{}}""",
            Ct
        );
        Assert.Equal(400, forced.Status);
        await DeleteAsync($"{Url}/servers/{server}");
        await GoneAsync(server);
        Assert.Equal("available", await StatusAsync("volume", volume));
        Assert.Equal(202, (await DeleteAsync($"{CinderOfAdmin}/volumes/{volume}")).Status);
    }

    private async Task<string> ConflictAsync(string server, string action, string? token = null)
    {
        var answer = await ActAsync(server, action, token);
        Assert.True(answer.Status == 409, $"{answer.Status}: {answer.Text}");
        return (string)answer.Json[Conflict]!["message"]!;
    }

    private async Task StoppedAsync(string server) =>
        await UntilAsync(() => StateAsync(server), state => state == ("SHUTOFF", null));

    private async Task GoneAsync(string server) =>
        await UntilAsync(() => StateAsync(server), state => state.Status == "404");
}
