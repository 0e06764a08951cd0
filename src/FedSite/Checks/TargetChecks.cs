using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Information.Publishing;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Checks;

/// <summary>The places where the site's document goes; nothing is written there.</summary>
internal static class TargetChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var information = subject.Site.Information;
        if (information.Publish.Count == 0)
            yield break;
        var clouds = new List<OpenStackCloud>();
        IReadOnlyList<DocumentTarget> targets = [];
        try
        {
            targets = new DocumentTargets(
                subject.Site,
                subject.Endpoint(),
                Connect,
                HostEnvironment.OfProcess(),
                subject.Time,
                NullLoggerFactory.Instance
            ).Select([]);
            foreach (var look in targets.Select(target => LookAsync(target, cancellationToken)).ToList())
                yield return await look;
        }
        finally
        {
            foreach (var target in targets)
                target.Dispose();
            foreach (var cloud in clouds)
                cloud.Dispose();
        }

        OpenStackCloud Connect(OpenStackConfig? own)
        {
            var cloud = subject.ConnectAs(own ?? information.OpenStack);
            clouds.Add(cloud);
            return cloud;
        }
    }

    private static async Task<Finding> LookAsync(DocumentTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return CheckRules.PublishTargets.Ok($"{target.Name}: {await target.LookAsync(cancellationToken)}.");
        }
        catch (FedSiteException e)
        {
            return CheckRules.PublishTargets.Error(e.Message, e.NextStep);
        }
    }
}
