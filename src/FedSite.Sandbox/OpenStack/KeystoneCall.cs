using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>A request for something that Keystone stores.</summary>
/// <param name="Path">What follows <c>/v3/</c>.</param>
/// <param name="Token">Null when none came, or no valid one.</param>
/// <param name="Body">A JSON object; an empty one when there was none.</param>
internal sealed record KeystoneCall(HttpRequest Request, string[] Path, Token? Token, JsonElement Body)
{
    /// <exception cref="KeystoneFault">401: nobody we know.</exception>
    public Token Caller => Token ?? throw KeystoneFault.Unauthorized();

    /// <summary><c>HEAD</c> is <c>GET</c> here.</summary>
    public string Method => HttpMethods.IsHead(Request.Method) ? "GET" : Request.Method;

    /// <summary>Keystone's policy <c>admin_required</c>: the role in whatever scope.</summary>
    public void NeedAdmin(string action)
    {
        if (!Caller.IsAdmin)
        {
            throw KeystoneFault.Forbidden($"identity:{action}");
        }
    }

    public void NeedReader(string action) => Need(Caller.ReadsSystem, action);

    public static void Need(bool allowed, string action)
    {
        if (!allowed)
        {
            throw KeystoneFault.Forbidden($"identity:{action}");
        }
    }

    /// <summary>The object that the body is about; an empty one when it is missing.</summary>
    public JsonElement Member(string name) => Body.TryGetProperty(name, out var member) ? member : KeystoneSchema.Empty;

    /// <summary>Null when it is not given.</summary>
    public string? Filter(string name) => Request.Query.TryGetValue(name, out var value) ? (string?)value ?? "" : null;

    /// <summary>True for <c>?name</c> too, false for <c>0</c> and <c>false</c>.</summary>
    public bool Flag(string name) => Filter(name) is { } value && !IsFalse(value);

    /// <summary>Null or the same name, as the database compares.</summary>
    public bool SameName(string name) => Filter("name") is not { } wanted || CloudWorld.SameName(name, wanted);

    public bool SameEnabled(bool enabled) => Filter("enabled") is not { } wanted || enabled == !IsFalse(wanted);

    /// <summary>
    /// The domain that a list is limited to: that of a token with domain scope before the one asked for.
    /// </summary>
    public bool SameDomain(string domainId) =>
        (Caller.Domain is null || Caller.Domain.Id == domainId)
        && (Filter("domain_id") is not { } wanted || wanted == domainId);

    /// <summary>Where something goes that names no domain.</summary>
    public string HomeDomain => Caller.Domain?.Id ?? Caller.Project?.DomainId ?? "default";

    private static bool IsFalse(string value) => value is "0" or "false" or "False";
}

/// <summary>What comes back.</summary>
/// <param name="Write">Null: no body.</param>
internal sealed record KeystoneAnswer(int Status, Action<Utf8JsonWriter>? Write)
{
    public static KeystoneAnswer Done { get; } = new(204, null);

    public static KeystoneAnswer One(int status, string name, Action<Utf8JsonWriter> write) =>
        new(
            status,
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName(name);
                write(json);
                json.WriteEndObject();
            }
        );

    /// <param name="self">The URL that was asked for.</param>
    public static KeystoneAnswer List<T>(
        string name,
        IEnumerable<T> items,
        Action<Utf8JsonWriter, T> write,
        string self
    ) =>
        new(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray(name);
                foreach (var item in items)
                {
                    write(json, item);
                }
                json.WriteEndArray();
                json.WriteStartObject("links");
                json.WriteNull("next");
                json.WriteString("self", self);
                json.WriteNull("previous");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
