using System.Buffers.Text;
using System.Text.Json;

namespace FedSite.Federation.Mappings;

/// <summary>Reads what is known of logins: claims, or a token that holds them.</summary>
public static class Logins
{
    /// <summary>Reads one JSON object, or several one behind another (JSON Lines).</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="FedSiteException">It is something else.</exception>
    public static IReadOnlyList<JsonElement> Read(ReadOnlySpan<byte> json, string name)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true });
        var logins = new List<JsonElement>();
        try
        {
            while (reader.Read())
            {
                using var document = JsonDocument.ParseValue(ref reader);
                if (!document.RootElement.IsObject())
                    throw NotClaims(name, $"value {logins.Count + 1} is no object", null);
                if (!document.RootElement.HasWholeTexts())
                    throw NotClaims(name, $"a text of object {logins.Count + 1} holds half a character", null);
                logins.Add(document.RootElement.Clone());
            }
        }
        catch (JsonException e)
        {
            throw NotClaims(name, $"line {e.LineNumber + 1} is no JSON", e);
        }

        return logins.Count > 0 ? logins : throw NotClaims(name, "it is empty", null);
    }

    /// <summary>The claims of a signed token (JWT). Its signature is not checked.</summary>
    /// <exception cref="FedSiteException">It is another kind of token, or none.</exception>
    public static JsonElement OfToken(string token, string name)
    {
        var parts = token.Trim().Split('.');
        if (parts.Length == 5)
        {
            throw new FedSiteException(
                $"The token in {name} is encrypted: only who it is for can read its claims.",
                "Give the claims themselves with --claims: the provider's userinfo endpoint tells them for the token.",
                ExitCode.Usage
            );
        }

        if (parts.Length != 3 || Payload(parts[1]) is not { } payload)
        {
            throw new FedSiteException(
                $"{name} holds no JWT. An opaque token says nothing by itself.",
                "Give the claims themselves with --claims: the provider's userinfo endpoint tells them for the token.",
                ExitCode.Usage
            );
        }

        return payload;
    }

    private static JsonElement? Payload(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
            var claims = document.RootElement;
            return claims.IsObject() && claims.HasWholeTexts() ? claims.Clone() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static FedSiteException NotClaims(string name, string what, Exception? inner) =>
        new(
            $"{name} holds no claims: {what}.",
            "Write one JSON object a login, for instance {\"sub\": \"…\", \"iss\": \"…\", \"entitlements\": [\"…\"]}.",
            ExitCode.Usage,
            inner
        );
}
