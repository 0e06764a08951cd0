using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What Glance does not let anybody write, whatever client asks.</summary>
public abstract class ImageRefusalContract(ContractCloud cloud) : ServiceContract(cloud, "image")
{
    private const string Patch = "application/openstack-images-v2.1-json-patch";

    [Theory]
    [InlineData(400, """{"name": "x", "id": "no-uuid"}""")]
    [InlineData(400, """{"name": "x", "visibility": "nonsense"}""")]
    [InlineData(400, """{"name": "x", "disk_format": "nonsense"}""")]
    [InlineData(400, """{"name": "x", "container_format": "nonsense"}""")]
    [InlineData(400, """{"name": "x", "min_disk": "1"}""")]
    [InlineData(400, """{"name": "x", "os_hidden": "yes"}""")]
    [InlineData(400, """{"name": "x", "other": 5}""")]
    [InlineData(400, "nonsense")]
    [InlineData(403, """{"name": "x", "size": 5}""")]
    [InlineData(403, """{"name": "x", "status": "active"}""")]
    [InlineData(403, """{"name": "x", "owner": "somebody"}""")]
    [InlineData(403, """{"name": "x", "visibility": "public"}""")]
    [InlineData(403, """{"name": "x", "os_glance_x": "y"}""")]
    public async Task An_image_that_breaks_a_rule_is_not_made(int status, string image)
    {
        var answer = await Raw.SendAsync("POST", $"{Url}/v2/images", await OwnerTokenAsync(), image, Ct);

        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("properties")]
    public async Task An_image_has_at_most_128_tags_and_128_properties(string what)
    {
        var image = new JsonObject { ["name"] = "too much" };
        var numbers = Enumerable.Range(0, 129).Select(number => $"x{number}").ToList();
        if (what == "tags")
        {
            image["tags"] = new JsonArray([.. numbers.Select(number => (JsonNode)number)]);
        }
        else
        {
            numbers.ForEach(number => image[number] = "y");
        }

        var token = await OwnerTokenAsync();
        var answer = await Raw.SendAsync("POST", $"{Url}/v2/images", token, image.ToJsonString(), Ct);

        Assert.True(answer.Status == 413, $"{answer.Status}: {answer.Text}");
    }

    [Theory]
    [InlineData(400, "nonsense")]
    [InlineData(400, """[{"op": "add", "path": "/other", "value": 5}]""")]
    [InlineData(400, """[{"op": "replace", "path": "/min_disk", "value": "5"}]""")]
    [InlineData(400, """[{"op": "replace", "path": "/visibility", "value": "nonsense"}]""")]
    [InlineData(403, """[{"op": "replace", "path": "/visibility", "value": "public"}]""")]
    [InlineData(403, """[{"op": "replace", "path": "/owner", "value": "somebody"}]""")]
    [InlineData(403, """[{"op": "replace", "path": "/checksum", "value": "ab"}]""")]
    [InlineData(403, """[{"op": "remove", "path": "/name"}]""")]
    [InlineData(409, """[{"op": "replace", "path": "/absent", "value": "x"}]""")]
    [InlineData(409, """[{"op": "remove", "path": "/absent"}]""")]
    public async Task A_change_that_breaks_a_rule_changes_nothing(int status, string operations)
    {
        var (url, token) = await MadeAsync();
        var before = (await Raw.GetAsync(url, token, Ct)).Text;

        var answer = await PatchAsync(url, token, operations, Patch);
        var after = (await Raw.GetAsync(url, token, Ct)).Text;
        await DeleteAsync(url, token);

        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task One_bad_change_of_several_undoes_all()
    {
        var (url, token) = await MadeAsync();

        var answer = await PatchAsync(
            url,
            token,
            """[{"op": "replace", "path": "/name", "value": "y"}, {"op": "remove", "path": "/absent"}]""",
            Patch
        );
        var name = (string?)(await Raw.GetAsync(url, token, Ct)).Json["name"];
        await DeleteAsync(url, token);

        Assert.Equal((409, "x"), (answer.Status, name));
    }

    [Fact]
    public async Task Changes_have_a_media_type_of_their_own()
    {
        var (url, token) = await MadeAsync();

        var answer = await PatchAsync(url, token, "[]", "application/json");
        await DeleteAsync(url, token);

        Assert.Equal(415, answer.Status);
    }

    [Fact]
    public async Task Content_needs_a_format_and_the_media_type_of_any_bytes()
    {
        var (url, token) = await MadeAsync();

        var json = await Raw.SendAsync("PUT", $"{url}/file", token, "{}", Ct);
        var formless = await Raw.SendAsync("PUT", $"{url}/file", token, "x", "application/octet-stream", Ct);
        await DeleteAsync(url, token);

        Assert.Equal((415, 400), (json.Status, formless.Status));
    }

    [Fact]
    public async Task A_member_is_named()
    {
        var (url, token) = await MadeAsync();

        var empty = await Raw.SendAsync("POST", $"{url}/members", token, """{"member": ""}""", Ct);
        var none = await Raw.SendAsync("POST", $"{url}/members", token, "{}", Ct);
        await DeleteAsync(url, token);

        Assert.Equal((400, 400), (empty.Status, none.Status));
    }

    [Fact]
    public async Task An_image_without_content_has_none_to_read()
    {
        var (url, token) = await MadeAsync();

        var answer = await Raw.GetAsync($"{url}/file", token, Ct);
        await DeleteAsync(url, token);

        Assert.Equal(204, answer.Status);
    }

    private async Task<(string Url, string Token)> MadeAsync()
    {
        var token = await OwnerTokenAsync();
        var answer = await Raw.SendAsync("POST", $"{Url}/v2/images", token, """{"name": "x"}""", Ct);
        Assert.True(answer.Status == 201, $"{answer.Status}: {answer.Text}");
        return ($"{Url}/v2/images/{(string)answer.Json["id"]!}", token);
    }

    private Task<RawAnswer> PatchAsync(string url, string token, string operations, string type) =>
        Raw.SendAsync("PATCH", url, token, operations, type, Ct);

    private Task<RawAnswer> DeleteAsync(string url, string token) =>
        Raw.SendAsync("DELETE", url, token, body: null, Ct);

    private Task<string> OwnerTokenAsync() =>
        Raw.TokenAsync(Cloud.Publisher, RawCloud.ProjectScope(Cloud.StoreProjectId), Ct);
}
