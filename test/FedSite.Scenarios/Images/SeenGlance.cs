using System.Net;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>What Glance has in the owner's project, as it tells its administrator.</summary>
internal sealed class SeenGlance(TestCloud cloud, PlainApi admin, string owner)
{
    /// <summary>Hidden ones too, in whatever state.</summary>
    public async Task<IReadOnlyList<JsonNode>> ImagesAsync()
    {
        var found = new List<JsonNode>();
        foreach (var hidden in (string[])["false", "true"])
        {
            found.AddRange(await ListAsync(admin, $"owner={owner}&visibility=all&os_hidden={hidden}"));
        }
        return found;
    }

    /// <summary>The only one.</summary>
    public async Task<JsonNode> ImageAsync() => Assert.Single(await ImagesAsync());

    /// <summary>The only one that is not hidden.</summary>
    public async Task<JsonNode> CurrentAsync() =>
        Assert.Single(await ImagesAsync(), image => !(bool)image["os_hidden"]!);

    public async Task<JsonNode> FindAsync(string id) => await admin.GetAsync("image", $"/v2/images/{id}");

    /// <summary>Projects that accepted it.</summary>
    public async Task<IReadOnlyList<string>> AcceptedAsync(string id)
    {
        var members = (await MembersAsync(id)).Select(member =>
            ((string)member["member_id"]!, (string)member["status"]!)
        );
        Assert.All(members, member => Assert.Equal("accepted", member.Item2));
        return [.. members.Select(member => member.Item1)];
    }

    public async Task<IReadOnlyList<JsonNode>> MembersAsync(string id)
    {
        var answer = await admin.GetAsync("image", $"/v2/images/{id}/members");
        return [.. answer["members"]!.AsArray().Select(member => member!)];
    }

    /// <summary>All there is to see of the images and their members, as one text.</summary>
    public async Task<string> EverythingAsync()
    {
        var all = new JsonObject();
        foreach (var image in (await ImagesAsync()).OrderBy(image => (string)image["id"]!, StringComparer.Ordinal))
        {
            var id = (string)image["id"]!;
            all[id] = new JsonObject
            {
                ["image"] = image.DeepClone(),
                ["members"] = new JsonArray([.. (await MembersAsync(id)).Select(member => member.DeepClone())]),
            };
        }
        return all.ToJsonString();
    }

    /// <summary>What somebody's own list has of the owner's images: ids.</summary>
    public async Task<IReadOnlyList<string>> SeenByAsync(SeededAccount who, string project, string query = "")
    {
        using var api = await PlainApi.LoginAsync(cloud, who, project);
        return
        [
            .. (await ListAsync(api, query))
                .Where(image => (string?)image["owner"] == owner)
                .Select(image => (string)image["id"]!),
        ];
    }

    /// <summary>How Glance answers somebody who asks for one image by its id.</summary>
    public async Task<HttpStatusCode> AnswerToAsync(SeededAccount who, string project, string id)
    {
        using var api = await PlainApi.LoginAsync(cloud, who, project);
        return (await api.TryGetAsync("image", $"/v2/images/{id}")).Status;
    }

    public async Task RemoveAllAsync()
    {
        foreach (var image in await ImagesAsync())
        {
            await admin.SendAsync(HttpMethod.Delete, "image", $"/v2/images/{image["id"]}");
        }
    }

    private static async Task<IEnumerable<JsonNode>> ListAsync(PlainApi api, string query)
    {
        var answer = await api.GetAsync("image", $"/v2/images?limit=1000&{query}");
        return answer["images"]!.AsArray().Select(image => image!);
    }
}
