using System.Text;
using System.Text.Json;

namespace FedSite.OpenStack;

/// <summary>Turns a refusal into plain words: what the service said, and what to do.</summary>
internal static class Failures
{
    private const int LongestText = 300;

    public static OpenStackException Describe(CloudResponse response, string? nextStep = null)
    {
        var request = response.Request;
        var said = Said(response);
        var id = response.RequestId is { } requestId ? $" (request {requestId})" : "";
        return new OpenStackException(
            $"{ServiceNames.Of(request.Service)} answered {response.Status} to {request}{id}: {said}",
            nextStep ?? NextStep(request.Service, response),
            request.Service,
            request.Url,
            response.Status,
            response.RequestId
        );
    }

    /// <summary>An answer that should have been understood.</summary>
    public static OpenStackException Nonsense(CloudResponse response, string why, Exception? inner = null) =>
        new(
            $"{ServiceNames.Of(response.Request.Service)} gave an answer to {response.Request} that is not understood: {why}",
            "Check that the URL is that of the service itself, not of a dashboard or a login page.",
            response.Request.Service,
            response.Request.Url,
            response.Status,
            response.RequestId,
            inner
        );

    /// <summary>
    /// The service's own words. Keystone and Glance write <c>{"error": {"message"}}</c> or HTML, Nova
    /// <c>{"forbidden": {"message"}}</c>, Neutron <c>{"NeutronError": {"message"}}</c>, balancers HTML.
    /// </summary>
    private static string Said(CloudResponse response)
    {
        if (response.Status is >= 300 and < 400 && response.Location is { } location)
        {
            return $"a redirect to {location.GetLeftPart(UriPartial.Path)}";
        }
        try
        {
            using var document = JsonDocument.Parse(response.Body);
            // Glance's reasons are meant for a page.
            var reason = Message(document.RootElement)?.Replace("<br />", " ", StringComparison.Ordinal);
            return Shorten(reason ?? "no reason given");
        }
        catch (JsonException)
        {
            var text = Shorten(PlainText(Encoding.UTF8.GetString(response.Body.Span)));
            return text.Length == 0 ? "no reason given" : text;
        }
    }

    private static string? Message(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.String when property.Name is "message" or "error" or "NeutronError":
                    return property.Value.TextOrNull();
                case JsonValueKind.Object when property.Value.TryGetProperty("message", out var message):
                    return message.TextOrNull() ?? message.GetRawText();
            }
        }
        return null;
    }

    private static string PlainText(string html)
    {
        var text = new StringBuilder();
        var inTag = false;
        foreach (var character in html)
        {
            inTag = character == '<' || (inTag && character != '>');
            text.Append(inTag || character == '>' || char.IsControl(character) ? ' ' : character);
        }
        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= LongestText ? line : string.Concat(line.AsSpan(0, LongestText), "…");
    }

    private static string NextStep(string service, CloudResponse response) =>
        response.Status switch
        {
            401 when service == ServiceNames.Identity =>
                "Check user name, domain, password or secret, and that the account is enabled and not expired.",
            401 => "The service did not accept a token that Keystone has just given; ask the cloud's operator.",
            403 or 409 or 410 or 413 when service == ServiceNames.Image => ImageHint(response),
            403 => $"Ask the cloud's operator to give the account the right; {RoleHint(service)}",
            404 => "Check the id or name, and that the URL in the catalog or in auth_url is right.",
            300 => "The URL lacks the version of the API; correct auth_url or the endpoint in the catalog.",
            >= 300 and < 400 => "Use the URL that it points to, in auth_url or in the catalog.",
            408 or 429 or >= 500 =>
                "The service is overloaded or broken; run again later, or give the request's id to the cloud's operator.",
            _ => "Give the message and the request's id to the cloud's operator.",
        };

    private static string ImageHint(CloudResponse response) =>
        response.Status switch
        {
            403 when response.Request.Method == HttpMethod.Get =>
                $"Ask the cloud's operator to give the account the right; {RoleHint(ServiceNames.Image)}",
            403 =>
                "Use an account with role member in the project that the image belongs to; public images and protected "
                    + "properties mostly need the role admin.",
            409 => "Somebody else works on the image, or it is in use; run again later.",
            410 => "The image was deleted meanwhile; run again.",
            _ => "It is beyond a quota of Glance: remove images, or ask the cloud's operator to raise the quota.",
        };

    private static string RoleHint(string service) =>
        service switch
        {
            ServiceNames.Identity =>
                "reading projects and users needs reader on system all, or a role of the site's own policy.",
            ServiceNames.ObjectStorage =>
                "an operator's role of Swift in the project (mostly member), or an ACL of the container.",
            _ => "role reader (on older clouds member) in the project is enough.",
        };
}
