using FedSite.Configuration;

namespace FedSite.Ams;

/// <summary>Every address that FedSite asks of AMS and its token service. Secrets never go into one.</summary>
internal sealed class AmsUrls(AmsConfig config)
{
    /// <summary>Gives the AMS token of the host whose certificate opened the connection.</summary>
    public Uri Token { get; } =
        new($"https://{config.Host}:{config.AuthPort}/v1/service-types/ams/hosts/{config.Host}:authx509");

    /// <summary>Whose token this is, and what it may use.</summary>
    public Uri Profile => Api("users/profile");

    public Uri Topic(string topic) => Api($"projects/{config.Project}/topics/{topic}");

    public Uri Publish(string topic) => Api($"projects/{config.Project}/topics/{topic}:publish");

    private Uri Api(string path) => new($"https://{config.Host}:{config.Port}/v1/{path}");
}
