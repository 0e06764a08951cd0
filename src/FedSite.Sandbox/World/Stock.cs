using System.Collections.Immutable;

namespace FedSite.Sandbox.World;

/// <summary>
/// All things of one kind: what the seed gives, made when asked for, and what a test adds, replaces or removes. Safe to
/// change while requests are served.
/// </summary>
public abstract class Stock<T>
    where T : CloudThing
{
    private readonly Lock _change = new();

    // Null: removed.
    private ImmutableSortedDictionary<string, T?> _changed = ImmutableSortedDictionary.Create<string, T?>(
        StringComparer.Ordinal
    );

    /// <summary>Null when there is none, or it was removed.</summary>
    public T? Find(string id) => _changed.TryGetValue(id, out var changed) ? changed : FindSeeded(id);

    /// <summary>Adds a thing, or replaces the one with the same id.</summary>
    public void Put(T thing) => Change(thing.Id, thing);

    public void Remove(string id) => Change(id, null);

    /// <summary>The things of one project.</summary>
    public IEnumerable<T> Of(string projectId) => After(projectId, null);

    /// <summary>
    /// The things of these projects (ordered by id) after the given one, in an order that changes leave alone: for each
    /// project the seeded things, with replaced ones in their places, then the added ones by id.
    /// </summary>
    internal IEnumerable<T> List(IEnumerable<string> projectIds, T? last)
    {
        foreach (var project in projectIds)
        {
            var order = last is null ? 1 : string.CompareOrdinal(project, last.ProjectId);
            if (order < 0)
            {
                continue;
            }
            foreach (var thing in After(project, order == 0 ? last : null))
            {
                yield return thing;
            }
        }
    }

    /// <summary>A thing that the seed gives, whatever a test did with it; null when it gives none with this id.</summary>
    private protected abstract T? FindSeeded(string id);

    /// <summary>What the seed gives to a project, in a fixed order, after the thing with this id.</summary>
    private protected abstract IEnumerable<T> Seeded(string projectId, string? lastId);

    private IEnumerable<T> After(string projectId, T? last)
    {
        var changed = _changed;
        var lastIsAdded = last is not null && !IsSeeded(last.Id, projectId);
        if (!lastIsAdded)
        {
            foreach (var thing in Seeded(projectId, last?.Id))
            {
                var now = changed.IsEmpty ? thing : changed.GetValueOrDefault(thing.Id, thing);
                if (now?.ProjectId == projectId)
                {
                    yield return now;
                }
            }
        }
        foreach (var thing in changed.Values)
        {
            if (
                thing?.ProjectId == projectId
                && !IsSeeded(thing.Id, projectId)
                && (!lastIsAdded || string.CompareOrdinal(thing.Id, last!.Id) > 0)
            )
            {
                yield return thing;
            }
        }
    }

    private bool IsSeeded(string id, string projectId) => FindSeeded(id)?.ProjectId == projectId;

    private void Change(string id, T? thing)
    {
        lock (_change)
        {
            _changed = _changed.SetItem(id, thing);
        }
    }
}
