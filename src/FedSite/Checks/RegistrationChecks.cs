using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Checks;

/// <summary>What GOCDB must know of this host for the kinds of records that are switched on. GOCDB itself is not asked.</summary>
internal static class RegistrationChecks
{
    /// <summary>The service type that gives the right to publish to a queue's topic.</summary>
    /// <param name="isStorage">True for the queue of block storage records.</param>
    public static string ServiceType(bool isStorage) =>
        isStorage ? "eu.egi.storage.accounting" : "eu.egi.cloud.accounting";

    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        var dn = Dn(subject);
        foreach (var kinds in subject.Site.Accounting.Kinds.GroupBy(kind => kind is RecordKind.Storage))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var words = string.Join(", ", kinds.Select(kind => kind.Word()));
            var topic = kinds.Key
                ? subject.Site.Messaging.Queues.Storage.Topic
                : subject.Site.Messaging.Queues.Cloud.Topic;
            yield return CheckRules.Registration.Info(
                $"Records of kind {words} go to {topic}: GOCDB needs a service endpoint {ServiceType(kinds.Key)} with host DN {dn}."
            );
        }
    }

    // Its faults are findings of another check.
    private static string Dn(CheckSubject subject)
    {
        try
        {
            var messaging = subject.Site.Messaging;
            using var credential = HostCredential.Load(messaging.Certificate, messaging.Key, subject.Time);
            return credential.Subject.ToString();
        }
        catch (FedSiteException)
        {
            return "of the host certificate";
        }
    }
}
