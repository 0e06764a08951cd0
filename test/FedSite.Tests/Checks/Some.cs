using FedSite.Checks;
using FedSite.Configuration;

namespace FedSite.Tests.Checks;

internal static class Some
{
    public static CheckSubject Subject(string folder, TimeProvider? time = null) =>
        new()
        {
            Site = new SiteConfig
            {
                Site = new SiteIdentity { Name = "TEST-SITE" },
                Messaging = new MessagingConfig
                {
                    Certificate = Path.Combine(folder, "hostcert.pem"),
                    Key = Path.Combine(folder, "hostkey.pem"),
                    Trust = Path.Combine(folder, "certificates"),
                    Queues = new QueuesConfig
                    {
                        Cloud = new QueueConfig { Spool = Path.Combine(folder, "spool/openstack"), Topic = "topic" },
                    },
                },
            },
            SiteFile = "site.yaml",
            StateFolder = Path.Combine(folder, "state"),
            Time = time ?? TimeProvider.System,
            ConnectCloud = () => throw new FedSiteException("No cloud is named."),
            ConnectAs = _ => throw new FedSiteException("No cloud is named."),
        };

    public static async Task<IReadOnlyList<Finding>> FindingsAsync(CheckFunction check, CheckSubject subject)
    {
        var one = new SiteCheck(CheckArea.Storage, CheckRules.State, check);
        return await CheckRunner.RunAsync([one], subject, ended: null, TestContext.Current.CancellationToken);
    }
}
