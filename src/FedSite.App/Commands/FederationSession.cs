using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.State;

namespace FedSite.App.Commands;

/// <summary>What <c>plan</c>, <c>apply</c> and their kin work with.</summary>
internal sealed class FederationSession : IDisposable
{
    private readonly OpenStackCloud _cloud;
    private readonly RunLock _alone;

    private FederationSession(OpenStackCloud cloud, RunLock alone, FederationPlans plans)
    {
        _cloud = cloud;
        _alone = alone;
        Plans = plans;
    }

    public FederationPlans Plans { get; }

    public OpenStackCloud Cloud => _cloud;

    /// <summary>Alone among all runs on this state folder.</summary>
    /// <exception cref="FedSiteException">The file, the account or the state can't be used.</exception>
    public static FederationSession Open(CommandContext context)
    {
        var state = context.OpenState();
        var cloud = Connect(context);
        try
        {
            var alone = RunLock.Acquire(state.Folder, "federation", context.Time);
            return new FederationSession(cloud, alone, new FederationPlans(context.Site, cloud, state, context.Time));
        }
        catch
        {
            cloud.Dispose();
            throw;
        }
    }

    /// <summary>
    /// An account of strong rights, from <c>--os-cloud</c> or the environment; never that of site.yaml, which lies
    /// about for every run.
    /// </summary>
    public static OpenStackCloud Connect(CommandContext context)
    {
        var isNamed =
            context.Options.OsCloud is not null
            || context.Host.Variable("OS_CLOUD") is { Length: > 0 }
            || context.Host.Variable("OS_AUTH_URL") is { Length: > 0 };
        if (!isNamed)
        {
            throw new FedSiteException(
                "This needs an account with the role admin, which site.yaml never holds.",
                "Name an entry of clouds.yaml with --os-cloud, or set the OS_* variables (`. admin-openrc`).",
                ExitCode.Usage
            );
        }

        return OpenStackCloud.Connect(context.FindCloud(section: null), context.Time, context.Loggers);
    }

    public void Dispose()
    {
        _alone.Dispose();
        _cloud.Dispose();
    }
}
