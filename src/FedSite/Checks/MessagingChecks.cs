using System.Runtime.CompilerServices;
using FedSite.Ams;
using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Checks;

/// <summary>The messaging service: its ports, our token, our topics. Nothing is published.</summary>
internal static class MessagingChecks
{
    public static async IAsyncEnumerable<Finding> ReachableAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var messaging = subject.Site.Messaging;
        var ams = messaging.Ams;
        var (trust, _) = CertificateChecks.LoadTrust(messaging.Trust);
        var policy = TlsTrust.ClientPolicy(trust);
        var rules = new EndpointFindings.Rules(CheckRules.AmsReachable, CheckRules.AmsReachable);
        var endpoints = new List<(string Name, int Port)> { ("AMS", ams.Port) };
        if (ams.Token is null)
            endpoints.Add(("AMS's token service", ams.AuthPort));
        foreach (var (name, port) in endpoints)
        {
            var url = new UriBuilder(Uri.UriSchemeHttps, ams.Host, port).Uri;
            foreach (
                var finding in await EndpointFindings.OfAsync(name, url, policy, rules, subject.Time, cancellationToken)
            )
                yield return finding;
        }
    }

    public static async IAsyncEnumerable<Finding> TopicsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var messaging = subject.Site.Messaging;
        using var credential = LoadCredential(messaging, subject.Time);
        var (trust, _) = CertificateChecks.LoadTrust(messaging.Trust);
        using var client = AmsClient.Connect(messaging.Ams, credential, trust, subject.StateFolder, subject.Time);
        await client.SignInAsync(cancellationToken);
        var profile = await client.GetProfileAsync(cancellationToken);
        yield return CheckRules.AmsToken.Ok($"{messaging.Ams.Host} knows this host as {profile.Name}.");
        foreach (var queue in subject.QueuesInUse)
            yield return Judge(queue, messaging, profile);
    }

    private static HostCredential? LoadCredential(MessagingConfig messaging, TimeProvider time) =>
        messaging.Ams.Token is null ? HostCredential.Load(messaging.Certificate, messaging.Key, time) : null;

    private static Finding Judge(QueueConfig queue, MessagingConfig messaging, AmsProfile profile)
    {
        var (topic, ams) = (queue.Topic, messaging.Ams);
        var todo =
            $"Add a service endpoint {RegistrationChecks.ServiceType(queue == messaging.Queues.Storage)} with this host's DN in"
            + " GOCDB, in production; it takes some hours to reach AMS.";
        var rights = profile.Projects.FirstOrDefault(project => project.Project == ams.Project);
        if (rights is null)
        {
            return CheckRules.AmsTopic.Error(
                $"{profile.Name} has no rights in project {ams.Project} of {ams.Host}.",
                todo
            );
        }

        // Topics without an access list are open to every publisher of the project, and then not listed here.
        var mayPublish = rights.Roles.Any(role => role is "publisher" or "project_admin");
        if (rights.Topics.Contains(topic))
            return CheckRules.AmsTopic.Ok($"This host may publish to {topic} in project {ams.Project}.");
        return mayPublish
            ? CheckRules.AmsTopic.Warning(
                $"{profile.Name} is a publisher of project {ams.Project}, but {topic} is not among its topics: "
                    + (rights.Topics.Count == 0 ? "it has none" : string.Join(", ", rights.Topics))
                    + ".",
                todo
            )
            : CheckRules.AmsTopic.Error(
                $"{profile.Name} may not publish in project {ams.Project} (roles: {string.Join(", ", rights.Roles)}).",
                todo
            );
    }
}
