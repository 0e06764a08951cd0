using System.Runtime.CompilerServices;
using FedSite.Information.Gocdb;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Checks;

/// <summary>How GOCDB has the cloud; asked anew, whatever is remembered.</summary>
internal static class GocdbChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var information = subject.Site.Information;
        if (information.Publish.Count == 0)
            yield break;
        var endpoint = new Uri(subject.Endpoint());
        var site = subject.Site.Site.Name;
        using var gocdb = new GocdbClient(information.Gocdb, subject.Time, NullLogger.Instance);
        var listing = TryAsync(gocdb.ListDowntimesAsync(site, cancellationToken));
        var (services, problem) = await TryAsync(gocdb.ListAsync(endpoint, site, cancellationToken));
        var (downtimes, failure) = await listing;
        if (services is null)
            yield return CheckRules.GocdbEndpoint.Warning(problem!.Message, problem.NextStep);
        var service = GocdbClient.Choose(services ?? [], endpoint, site);
        if (service is not null)
        {
            foreach (var finding in Judge(service, endpoint, subject))
                yield return finding;
        }
        else if (services is not null)
        {
            yield return Missing(endpoint, site, services);
        }

        if (downtimes is null)
        {
            yield return CheckRules.Downtimes.Warning(failure!.Message, failure.NextStep);
            yield break;
        }

        var ongoing = ServiceDowntime.Concerning(endpoint, service?.Host, downtimes);
        foreach (var downtime in ongoing)
            yield return Declared(downtime);
        if (ongoing.Count == 0)
            yield return CheckRules.Downtimes.Ok("GOCDB has no downtime of the cloud now.");
    }

    private static async Task<(T? Answer, GocdbException? Problem)> TryAsync<T>(Task<T> question)
        where T : class
    {
        try
        {
            return (await question, null);
        }
        catch (GocdbException e)
        {
            return (null, e);
        }
    }

    private static Finding Missing(Uri endpoint, string site, IReadOnlyList<GocdbService> services)
    {
        const int enough = 5;
        var others = services
            .SelectMany(service => service.Urls.Select(url => $"{service.Id} with {url}"))
            .Take(enough)
            .ToList();
        return others.Count == 0
            ? CheckRules.GocdbEndpoint.Error($"GOCDB has no service with the URL {endpoint}, and none of {site}.")
            : CheckRules.GocdbEndpoint.Error(
                $"GOCDB has no service with the URL {endpoint}; of {site} it has {string.Join(", ", others)}.",
                "Correct the URL in GOCDB, or set `information.endpoint` to the one it has."
            );
    }

    private static IEnumerable<Finding> Judge(GocdbService service, Uri endpoint, CheckSubject subject)
    {
        var rule = CheckRules.GocdbEndpoint;
        var (site, id) = (subject.Site.Site.Name, subject.Site.Information.Gocdb.Id);
        var known = $"GOCDB has {endpoint} as {service.Id} of {service.SiteName ?? "no site"}";
        if (!GocdbClient.IsSameSite(service.SiteName, site))
            yield return rule.Warning(
                $"{known}, not of {site}.",
                "Correct `site.name`, or the service's site in GOCDB."
            );
        if (id is not null && id != service.Id)
            yield return rule.Error($"{known}, not as {id}.", "Correct `information.gocdb.id`, or leave it out.");
        if (!service.InProduction)
            yield return rule.Warning($"{known}, not in production.");
        if (!service.Monitored)
            yield return rule.Warning($"{known}, not monitored.");
        yield return rule.Ok($"{known}.");
    }

    private static Finding Declared(Downtime downtime)
    {
        var times = $"from {downtime.Start:yyyy-MM-dd HH:mm} to {downtime.End:yyyy-MM-dd HH:mm} UTC";
        return downtime.Severity == DowntimeSeverity.Outage
            ? CheckRules.Downtimes.Warning($"An outage is declared {times}: {downtime.Description}")
            : CheckRules.Downtimes.Info($"A downtime without outage is declared {times}: {downtime.Description}");
    }
}
