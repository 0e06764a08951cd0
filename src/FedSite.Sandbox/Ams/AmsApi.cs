using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Ams;

/// <summary>Routes of the API, and who may use them.</summary>
internal sealed partial class AmsApi(AmsSandbox ams, AmsSandboxOptions options)
{
    private readonly AmsPublishing _publishing = new(ams, options);
    private readonly AmsSubscriptions _subscriptions = new(ams.Store, options);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path is "/v1/version" or "/v1/status")
        {
            await AmsAnswers.OkAsync(context, json => json.WriteString("release"u8, "1.7.0"));
            return;
        }

        var user = ams.Users.ByToken(context.Request.Headers["x-api-key"]);
        if (user is null)
        {
            await AmsAnswers.UnauthorizedAsync(context);
        }
        else if (path == "/v1/users/profile")
        {
            await ProfileAsync(context, user);
        }
        else if (Route().Match(path) is not { Success: true } route)
        {
            await AmsAnswers.NotFoundAsync(context, "Not found");
        }
        else if (route.Groups["project"].Value != options.Project)
        {
            await AmsAnswers.NotFoundAsync(context, "project doesn't exist");
        }
        else if (route.Groups["kind"].Value == "subscriptions")
        {
            await _subscriptions.HandleAsync(context, route.Groups["name"].Value, route.Groups["verb"].Value);
        }
        else
        {
            await TopicAsync(context, user, route.Groups["name"].Value, route.Groups["verb"].Value);
        }
    }

    private Task TopicAsync(HttpContext context, AmsUser user, string topic, string verb) =>
        !Name().IsMatch(topic) ? AmsAnswers.InvalidAsync(context, "Invalid topic name")
        : !ams.Store.HasTopic(topic) ? AmsAnswers.NotFoundAsync(context, "Topic doesn't exist")
        : !user.Topics.Contains(topic) ? AmsAnswers.ForbiddenAsync(context)
        : verb == "publish" ? _publishing.HandleAsync(context, topic)
        : AmsAnswers.OkAsync(
            context,
            json => json.WriteString("name"u8, $"/projects/{options.Project}/topics/{topic}")
        );

    private Task ProfileAsync(HttpContext context, AmsUser user) =>
        AmsAnswers.OkAsync(
            context,
            json =>
            {
                json.WriteString("name"u8, user.Name);
                json.WriteStartArray("projects"u8);
                json.WriteStartObject();
                json.WriteString("project"u8, options.Project);
                json.WriteStartArray("roles"u8);
                json.WriteStringValue("publisher"u8);
                json.WriteEndArray();
                json.WriteStartArray("topics"u8);
                foreach (var topic in user.Topics)
                {
                    json.WriteStringValue(topic);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
            }
        );

    [GeneratedRegex(
        "^/v1/projects/(?<project>[^/]+)/(?<kind>topics|subscriptions)/(?<name>[^/:]+)(:(?<verb>\\w+))?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Route();

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
