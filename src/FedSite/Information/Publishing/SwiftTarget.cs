using System.Text;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.ObjectStorage;

namespace FedSite.Information.Publishing;

/// <summary>An object of a Swift container in the project of the account.</summary>
/// <param name="cloud">Stays the caller's.</param>
/// <param name="container">Must exist.</param>
/// <param name="name">Name of the object.</param>
public sealed class SwiftTarget(OpenStackCloud cloud, string container, string name) : DocumentTarget
{
    /// <summary>A body that was damaged on its way is sent again.</summary>
    private const int Tries = 3;

    public override string Name { get; } = NameOf(container, name);
    public override string Type => PublishTarget.Swift;

    /// <summary>
    /// Name of the object as the federation's catch-all has it: site name with dashes for dots, a dash, MD5 of the
    /// endpoint's URL as text, <c>.json</c>.
    /// </summary>
    public static string DefaultObject(string site, string endpoint) =>
        $"{site.Replace('.', '-')}-{ContentHash.Of(Encoding.UTF8.GetBytes(endpoint))}.json";

    internal static string NameOf(string container, string name) => $"swift:{container}/{name}";

    public override async Task PublishAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
    {
        if (!await PutAsync(document, ct) && !Equal(document, await ReadAsync(ct)))
        {
            throw new FedSiteException(
                $"{Name}: Swift does not give back what was stored.",
                "Run again; if it stays, ask the cloud's operator about proxies before Swift."
            );
        }
    }

    public override Task<byte[]?> ReadAsync(CancellationToken ct) => cloud.ObjectStorage.GetAsync(container, name, ct);

    public override async Task<string> LookAsync(CancellationToken ct) =>
        await cloud.ObjectStorage.HasContainerAsync(container, ct)
            ? "the container exists"
            : throw NoContainer($"{Name}: there is no such container", inner: null);

    private async Task<bool> PutAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await cloud.ObjectStorage.PutAsync(container, name, document, ct);
            }
            catch (OpenStackException e) when (IsDamage(e) && attempt < Tries)
            {
                // At once: it is no matter of load.
            }
            catch (OpenStackException e) when (e is { Service: ServiceNames.ObjectStorage, Status: 404 })
            {
                throw NoContainer(e.Message, e);
            }
        }
    }

    private FedSiteException NoContainer(string message, Exception? inner) =>
        new(
            message,
            $"Create the container first: openstack container create {container}; and check that the account ({cloud.Credentials.Origin}) is in its project.",
            inner: inner
        );

    /// <summary>Swift refused the body by its checksum, or stored another one.</summary>
    private static bool IsDamage(OpenStackException e) =>
        e is { Service: ServiceNames.ObjectStorage, Status: 422 or (>= 200 and < 300) };

    private static bool Equal(ReadOnlyMemory<byte> document, byte[]? stored) =>
        stored is not null && document.Span.SequenceEqual(stored);
}
