using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

/// <summary>Something that Swift or the store keeps.</summary>
/// <param name="Content">Not to be changed.</param>
public sealed record StoredObject(byte[] Content, string ContentType, DateTimeOffset Modified);

/// <summary>Swift's content: containers of projects, and their objects.</summary>
public sealed class ObjectStock
{
    /// <summary>The container that the first project has from the beginning.</summary>
    public const string FirstContainer = "cloud-info";

    private readonly ConcurrentDictionary<
        (string Project, string Container),
        ConcurrentDictionary<string, StoredObject>
    > _containers = new();

    public IEnumerable<string> Containers(string projectId) =>
        _containers.Keys.Where(c => c.Project == projectId).Select(c => c.Container).Order(StringComparer.Ordinal);

    /// <returns>False: it is there already.</returns>
    public bool MakeContainer(string projectId, string container) => _containers.TryAdd((projectId, container), new());

    /// <summary>With all that is in it.</summary>
    public bool RemoveContainer(string projectId, string container) =>
        _containers.TryRemove((projectId, container), out _);

    /// <summary>Objects by name, to be changed by tests; null: no such container.</summary>
    public ConcurrentDictionary<string, StoredObject>? Find(string projectId, string container) =>
        _containers.GetValueOrDefault((projectId, container));
}
