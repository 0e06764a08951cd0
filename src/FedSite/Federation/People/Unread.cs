using System.Globalization;
using FedSite.OpenStack;

namespace FedSite.Federation.People;

/// <summary>What could not be read, in words. Safe for use by several threads.</summary>
internal sealed class Unread
{
    /// <summary>A cloud that answers nonsense does so in masses.</summary>
    private const int Most = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _words = [];
    private int _more;

    public IReadOnlyList<string> Words
    {
        get
        {
            lock (_lock)
            {
                return _more == 0
                    ? [.. _words]
                    : [.. _words, string.Create(CultureInfo.InvariantCulture, $"and {_more} more")];
            }
        }
    }

    public void Add(string words)
    {
        lock (_lock)
        {
            if (_words.Contains(words))
                return;
            if (_words.Count < Most)
                _words.Add(words);
            else
                _more++;
        }
    }

    /// <summary>Does some of the work; should it fail, the rest goes on.</summary>
    /// <param name="what">What is read.</param>
    /// <param name="work">Reads it.</param>
    /// <param name="failed">What follows when it fails.</param>
    public async Task TryAsync(string what, Func<Task> work, Action? failed = null)
    {
        try
        {
            await work();
        }
        catch (FedSiteException e)
        {
            Add($"{what}: {e.Message}");
            failed?.Invoke();
        }
    }

    /// <summary>The element; null, and noted, when it is not understood.</summary>
    public T? Take<T>(Listed<T> listed, string what)
        where T : class
    {
        if (listed.Item is null)
            Add($"{what}: {listed.Fault}");
        return listed.Item;
    }
}
