using System.Text.Json;

namespace FedSite.Scenarios.Support;

/// <summary>What <c>test/cloud/registry up</c> has brought up.</summary>
internal sealed record TestRegistry
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>URL of the registry that lets everybody in.</summary>
    public required Uri Open { get; init; }

    /// <summary>URL of the one that wants a password.</summary>
    public required Uri Closed { get; init; }
    public required string Username { get; init; }
    public required string Password { get; init; }

    public static TestRegistry Load(string path)
    {
        using var file = File.OpenRead(path);
        return JsonSerializer.Deserialize<TestRegistry>(file, Format)
            ?? throw new InvalidDataException($"{path} is empty.");
    }
}
