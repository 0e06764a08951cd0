using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Deleting of volumes, snapshots, addresses, interfaces and images of others, as an admin.</summary>
public abstract class RemovalContract(ContractCloud cloud) : OwnProjectContract(cloud)
{
    [Fact]
    public async Task A_volume_with_a_snapshot_goes_after_it()
    {
        var volume = await VolumeAsync();
        var snapshot = await SnapshotAsync(volume);
        var (volumeUrl, snapshotUrl) = ($"{CinderOfAdmin}/volumes/{volume}", $"{CinderOfAdmin}/snapshots/{snapshot}");

        Assert.Equal(400, (await DeleteAsync(volumeUrl)).Status);
        Assert.Equal(400, (await ActAsync("volume", volume, "os-force_delete")).Status);
        Assert.Equal(202, (await DeleteAsync(snapshotUrl)).Status);
        await GoneAsync("snapshot", snapshot);
        Assert.Equal(404, (await DeleteAsync(snapshotUrl)).Status);
        Assert.Equal(202, (await DeleteAsync(volumeUrl)).Status);
        await GoneAsync("volume", volume);
        Assert.Equal(404, (await DeleteAsync(volumeUrl)).Status);
        Assert.Equal(404, (await ActAsync("volume", volume, "os-force_delete")).Status);
    }

    [Fact]
    public async Task What_is_being_deleted_is_shown_so_and_can_t_be_deleted_once_more()
    {
        var volume = await VolumeAsync();

        Assert.Equal(202, (await DeleteAsync($"{CinderOfAdmin}/volumes/{volume}")).Status);
        // 404: it is gone already.
        IsOneOf((await DeleteAsync($"{CinderOfAdmin}/volumes/{volume}")).Status, 400, 404);
        Assert.All(await GoneAsync("volume", volume), status => IsOneOf(status, "deleting", "404"));
    }

    [Theory]
    [InlineData("volume")]
    [InlineData("snapshot")]
    public async Task What_failed_to_be_deleted_goes_by_force_alone(string kind)
    {
        var id = await VolumeAsync();
        if (kind == "snapshot")
            id = await SnapshotAsync(id);
        await ActAsync(kind, id, "os-reset_status", """{"status":"error_deleting"}""");
        Assert.Equal("error_deleting", await StatusAsync(kind, id));

        Assert.Equal(400, (await DeleteAsync($"{CinderOfAdmin}/{kind}s/{id}")).Status);
        Assert.Equal(403, (await ActAsync(kind, id, "os-force_delete", token: Member)).Status);
        Assert.Equal(202, (await ActAsync(kind, id, "os-force_delete")).Status);
        await GoneAsync(kind, id);
    }

    [Fact]
    public async Task A_volume_in_ERROR_is_deleted_as_others()
    {
        var volume = await VolumeAsync();
        await ActAsync("volume", volume, "os-reset_status", """{"status":"error"}""");

        Assert.Equal(202, (await DeleteAsync($"{CinderOfAdmin}/volumes/{volume}")).Status);
        await GoneAsync("volume", volume);
    }

    [Fact]
    public async Task A_floating_address_is_given_back_once_and_then_404()
    {
        var external = (await GetPageAsync($"{Network}/networks?router:external=true", Admin))["networks"]![0]!["id"];
        var body = $$$"""{"floatingip":{"floating_network_id":"{{{external}}}","project_id":"{{{Project}}}"}}""";
        var address = Id(await Raw.SendAsync("POST", $"{Network}/floatingips", Admin, body, Ct), "floatingip", 201);

        Assert.Equal(204, (await DeleteAsync($"{Network}/floatingips/{address}")).Status);
        Assert.Equal(404, (await DeleteAsync($"{Network}/floatingips/{address}")).Status);
    }

    [Fact]
    public async Task An_interface_is_unplugged_once_and_a_network_goes_after_it()
    {
        var network = await MadeAsync("network", "");
        var subnet = await MadeAsync(
            "subnet",
            $$""","network_id":"{{network}}","ip_version":4,"cidr":"192.168.7.0/24" """
        );
        var router = await MadeAsync("router", "");
        var url = $"{Network}/routers/{router}";
        var plugged = await Raw.SendAsync(
            "PUT",
            $"{url}/add_router_interface",
            Admin,
            $$"""{"subnet_id":"{{subnet}}"}""",
            Ct
        );
        var port = $$"""{"port_id":"{{plugged.Json["port_id"]}}"}""";

        Assert.Equal(409, (await DeleteAsync($"{Network}/networks/{network}")).Status);
        Assert.Equal(409, (await DeleteAsync(url)).Status);
        Assert.Equal(200, (await Raw.SendAsync("PUT", $"{url}/remove_router_interface", Admin, port, Ct)).Status);
        Assert.Equal(404, (await Raw.SendAsync("PUT", $"{url}/remove_router_interface", Admin, port, Ct)).Status);
        Assert.Equal(204, (await DeleteAsync($"{Network}/networks/{network}")).Status);
        Assert.Equal(204, (await DeleteAsync(url)).Status);
        Assert.Equal(404, (await DeleteAsync($"{Network}/networks/{network}")).Status);
    }

    [Fact]
    public async Task A_protected_image_is_not_deleted_not_even_by_an_admin()
    {
        var glance = await Raw.EndpointAsync("image", Ct);
        var body = $$"""{"name":"actions","protected":true,"owner":"{{Project}}"}""";
        var made = await Raw.SendAsync("POST", $"{glance}/v2/images", Admin, body, Ct);
        var url = $"{glance}/v2/images/{(string)made.Json["id"]!}";

        var refused = (await DeleteAsync(url)).Status;
        var opened = await Raw.SendAsync(
            "PATCH",
            url,
            Admin,
            """[{"op":"replace","path":"/protected","value":false}]""",
            "application/openstack-images-v2.1-json-patch",
            Ct
        );
        var deleted = (await DeleteAsync(url)).Status;

        Assert.Equal((403, 200, 204, 404), (refused, opened.Status, deleted, (await DeleteAsync(url)).Status));
    }

    private async Task<string> SnapshotAsync(string volume)
    {
        var body = $$$"""{"snapshot":{"name":"actions","volume_id":"{{{volume}}}"}}""";
        var id = Id(await Raw.SendAsync("POST", $"{CinderOfMember}/snapshots", Member, body, Ct), "snapshot", 202);
        await UntilAsync(() => StatusAsync("snapshot", id), status => status == "available");
        return id;
    }

    private async Task<string> MadeAsync(string kind, string fields)
    {
        var body = $$$"""{"{{{kind}}}":{"name":"actions","project_id":"{{{Project}}}"{{{fields}}}}}""";
        return Id(await Raw.SendAsync("POST", $"{Network}/{kind}s", Admin, body, Ct), kind, 201);
    }

    private Task<RawAnswer> ActAsync(
        string kind,
        string id,
        string action,
        string argument = "{}",
        string? token = null
    )
    {
        var cinder = token is null ? CinderOfAdmin : CinderOfMember;
        var body = $$"""{"{{action}}":{{argument}}}""";
        return Raw.SendAsync("POST", $"{cinder}/{kind}s/{id}/action", token ?? Admin, body, Ct);
    }

    private Task<IReadOnlyList<string>> GoneAsync(string kind, string id) =>
        UntilAsync(() => StatusAsync(kind, id), status => status == "404");
}
