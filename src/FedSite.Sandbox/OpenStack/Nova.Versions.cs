using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

internal sealed partial class Nova
{
    private Task VersionsAsync(HttpContext context) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("versions");
                Version(json, context.Request, "v2.0", "SUPPORTED", "", "", "2011-01-21T11:33:21Z", "v2");
                json.WriteEndObject();
                VersionTwo(json, context.Request);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private Task VersionAsync(HttpContext context) =>
        Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("version");
                VersionTwo(json, context.Request);
                json.WriteStartArray("media-types");
                json.WriteStartObject();
                json.WriteString("base", "application/json");
                json.WriteString("type", "application/vnd.openstack.compute+json;version=2.1");
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    private void VersionTwo(Utf8JsonWriter json, HttpRequest request) =>
        Version(
            json,
            request,
            "v2.1",
            "CURRENT",
            $"2.{options.ComputeMicroversion}",
            "2.1",
            "2013-07-23T11:33:21Z",
            "v2.1"
        );

    private static void Version(
        Utf8JsonWriter json,
        HttpRequest request,
        string id,
        string status,
        string newest,
        string oldest,
        string updated,
        string folder
    )
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("status", status);
        json.WriteString("version", newest);
        json.WriteString("min_version", oldest);
        json.WriteString("updated", updated);
        Answers.Link(json, "links", "self", $"{Answers.Origin(request)}/{folder}/");
    }
}
