using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Glance
{
    private const long MiB = 1L << 20;

    /// <summary>Of the project of the token; sizes in MiB.</summary>
    private Task UsageAsync(HttpContext context, Token token)
    {
        var owned = world.Images.Where(image => image.OwnerId == token.Project?.Id).ToList();
        return Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("usage");
                Write("image_size_total", owned.Where(image => image.HasData).Sum(image => image.Size) / MiB);
                Write("image_stage_total", 0);
                Write("image_count_total", owned.Count);
                Write("image_count_uploading", 0);
                json.WriteEndObject();
                json.WriteEndObject();

                void Write(string name, long usage)
                {
                    json.WriteStartObject(name);
                    json.WriteNumber("usage", usage);
                    json.WriteNumber("limit", world.LimitOf("image", token.Project?.Id ?? "", name));
                    json.WriteEndObject();
                }
            }
        );
    }

    /// <summary>One image more, in whatever state.</summary>
    private void CheckCount(string owner)
    {
        var limit = world.LimitOf("image", owner, "image_count_total");
        var count = world.Images.Count(image => image.OwnerId == owner);
        if (limit >= 0 && count + 1 > limit)
        {
            throw new GlanceFault(
                413,
                $"Project {owner} is over a limit for [Resource image_count_total is over limit of {limit} due to current usage {count} and delta 1]"
            );
        }
    }
}
