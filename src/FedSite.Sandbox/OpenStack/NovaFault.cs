namespace FedSite.Sandbox.OpenStack;

/// <summary>A refusal in Nova's form; <paramref name="kind"/> is the key of the JSON object.</summary>
internal sealed class NovaFault(int status, string kind, string message) : Exception(message)
{
    public int Status { get; } = status;
    public string Kind { get; } = kind;

    public static NovaFault BadRequest(string message) => new(400, "badRequest", message);

    public static NovaFault Forbidden(string message) => new(403, "forbidden", message);

    public static NovaFault NotFound(string message) => new(404, "itemNotFound", message);

    public static NovaFault Conflict(string message) => new(409, "conflictingRequest", message);

    public static NovaFault BadParameter(string name, string value, string why) =>
        BadRequest($"Invalid input for query parameters {name}. Value: {value}. {why}");
}
