namespace FedSite.Sandbox.OpenStack;

/// <summary>A refusal in Keystone's form.</summary>
internal sealed class KeystoneFault(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>Told to who tries another way of authentication.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    public static KeystoneFault Unauthorized() => new(401, "The request you have made requires authentication.");

    public static KeystoneFault Forbidden(string rule) =>
        new(403, $"You are not authorized to perform the requested action: {rule}.");

    public static KeystoneFault NotFound(string what, string id) => new(404, $"Could not find {what}: {id}.");

    public static KeystoneFault Conflict(string type, string details) =>
        new(409, $"Conflict occurred attempting to store {type} - {details}.");

    public static KeystoneFault Malformed(string what) =>
        new(
            400,
            $"{what} The server could not comply with the request since it is either malformed or otherwise "
                + "incorrect. The client is assumed to be in error."
        );
}
