using System.Collections.Concurrent;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;

namespace FedSite.Federation.Plans;

/// <summary>Something that was agreed with a VO, and that a service other than Keystone holds.</summary>
/// <param name="Service">Its type in the catalog.</param>
/// <param name="Part">In words that names follow.</param>
/// <param name="Name">Of the project or flavor, as the plan calls it.</param>
internal sealed record Term(string Service, string Part, string Name)
{
    public static Term Quota(QuotaService service, string project) =>
        new(QuotaKind.TypeOf(service), "quotas of the projects", project);

    public static Term Network(string project) => new(ServiceNames.Network, "networks of the projects", project);

    public static Term Metadata(string flavor) => new(ServiceNames.Compute, "metadata of the flavors", flavor);

    public static Term Access(string flavor) => new(ServiceNames.Compute, "access to the flavors", flavor);
}

/// <summary>A service that fails costs what it holds, and nothing else: that is remembered as unread, and not planned.</summary>
internal sealed class TermReading
{
    private readonly ConcurrentDictionary<Term, OpenStackException> _unread = new();

    /// <summary>What could not be read, and why.</summary>
    public IReadOnlyDictionary<Term, OpenStackException> Unread => _unread;

    /// <param name="terms">Of one service and part; without what is asked for, nothing is known of them.</param>
    /// <param name="read">Asks the service; not called once it has failed for all alike.</param>
    /// <returns>False: they are unread.</returns>
    /// <exception cref="OpenStackException">Keystone failed, without which there is no plan.</exception>
    public async Task<bool> TryAsync(IReadOnlyList<Term> terms, Func<Task> read)
    {
        if (AreLost(terms))
            return false;
        try
        {
            await read();
            return true;
        }
        catch (OpenStackException e) when (e.Service != ServiceNames.Identity)
        {
            foreach (var term in terms)
                _unread[term] = e;
            return false;
        }
    }

    /// <summary>The service has failed before, in a way that leaves no hope for these; they are unread then.</summary>
    public bool AreLost(IReadOnlyList<Term> terms)
    {
        var lost = _unread.FirstOrDefault(entry => terms.Any(term => IsLost(term, entry.Key, entry.Value))).Value;
        if (lost is null)
            return false;
        foreach (var term in terms)
            _unread[term] = lost;
        return true;
    }

    /// <summary>Each try of a service that is down takes long; what it refuses may be one project's matter.</summary>
    private static bool IsLost(Term term, Term other, OpenStackException failure) =>
        term.Service == other.Service
        && (failure.Status is null || (failure.Status is 401 or 408 or 429 or >= 500 && term.Part == other.Part));
}
