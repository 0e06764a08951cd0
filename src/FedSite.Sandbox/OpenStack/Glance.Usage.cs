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
    private void CheckCount(string owner) =>
        CheckLimit(owner, "image_count_total", world.Images.Count(image => image.OwnerId == owner), 1);

    /// <summary>Glance does not know yet what will come: only who is over the limit already may upload no more.</summary>
    private void CheckUpload(string project) =>
        CheckLimit(
            project,
            "image_size_total",
            world.Images.Where(image => image.OwnerId == project && image.HasData).Sum(image => image.Size) / MiB,
            0
        );

    private void CheckLimit(string project, string resource, long used, long more)
    {
        var limit = world.LimitOf("image", project, resource);
        if (limit >= 0 && used + more > limit)
        {
            throw new GlanceFault(
                413,
                $"Project {project} is over a limit for [Resource {resource} is over limit of {limit} due to current usage {used} and delta {more}]"
            );
        }
    }
}
