using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Glance.</summary>
public abstract class GlanceContract(ContractCloud cloud) : ServiceContract(cloud, "image")
{
    [Fact]
    public async Task Public_images_are_seen_with_their_properties_at_the_top()
    {
        var images = (await PageAsync("images?visibility=public"))["images"]!.AsArray();

        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Equal("public", (string?)image!["visibility"]));
        Assert.Contains(images, image => image!["vmcatcher_event_ad_mpuri"] is JsonValue);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_a_relative_next_link()
    {
        var whole = (await PageAsync("images?limit=1000"))["images"]!.AsArray().Count;
        var paged = new HashSet<string>(StringComparer.Ordinal);
        for (var path = "images?limit=1"; path is not null; )
        {
            var page = await PageAsync(path);
            paged.UnionWith(page["images"]!.AsArray().Select(image => (string)image!["id"]!));
            path = ((string?)page["next"])?["/v2/".Length..];
        }

        Assert.Equal(whole, paged.Count);
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        Assert.Equal(401, (await Raw.GetAsync($"{Url}/v2/images", token: null, Ct)).Status);
    }

    private async Task<JsonNode> PageAsync(string path)
    {
        var answer = await Raw.GetAsync($"{Url}/v2/{path}", Token, Ct);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return answer.Json;
    }
}
