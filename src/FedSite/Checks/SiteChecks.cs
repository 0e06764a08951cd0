using System.Runtime.CompilerServices;

namespace FedSite.Checks;

/// <summary>All checks of a site; a capability adds its own here.</summary>
public static class SiteChecks
{
    public static IReadOnlyList<SiteCheck> All { get; } =
    [
        new(CheckArea.Configuration, CheckRules.Configuration, ConfigurationAsync),
        new(CheckArea.OpenStack, CheckRules.Credentials, OpenStackChecks.AccountAsync),
        new(CheckArea.OpenStack, CheckRules.Catalog, OpenStackChecks.EndpointsAsync),
        new(CheckArea.OpenStack, CheckRules.ProjectRights, RightsChecks.ProjectsAsync),
        new(CheckArea.OpenStack, CheckRules.SystemRights, RightsChecks.LookUpsAsync),
        new(CheckArea.OpenStack, CheckRules.ProjectVo, VoChecks.RunAsync),
        new(CheckArea.OpenStack, CheckRules.AcceleratorFlavors, FlavorChecks.RunAsync),
        new(CheckArea.Federation, CheckRules.FederationObjects, FederationChecks.ObjectsAsync),
        new(CheckArea.Federation, CheckRules.MappingFaults, FederationChecks.MappingsAsync),
        new(CheckArea.Federation, CheckRules.Issuer, ProviderChecks.RunAsync),
        new(CheckArea.Federation, CheckRules.WebLogin, LoginChecks.RunAsync),
        new(CheckArea.Federation, CheckRules.CatchallFile, CatchallChecks.RunAsync),
        new(CheckArea.Certificate, CheckRules.HostCertificate, CertificateChecks.RunAsync),
        new(CheckArea.Messaging, CheckRules.AmsReachable, MessagingChecks.ReachableAsync),
        new(CheckArea.Messaging, CheckRules.AmsToken, MessagingChecks.TopicsAsync),
        new(CheckArea.Messaging, CheckRules.Registration, RegistrationChecks.RunAsync),
        new(CheckArea.Information, CheckRules.GocdbEndpoint, GocdbChecks.RunAsync),
        new(CheckArea.Information, CheckRules.PublishTargets, TargetChecks.RunAsync),
        new(CheckArea.Images, CheckRules.ImageOwner, ImageChecks.OwnerAsync),
        new(CheckArea.Images, CheckRules.ImageSources, ImageChecks.SourcesAsync),
        new(CheckArea.Images, CheckRules.ImageMembers, ImageChecks.MembersAsync),
        new(CheckArea.Images, CheckRules.ImageConversion, ImageChecks.ConversionAsync),
        new(CheckArea.Images, CheckRules.ImageCache, ImageChecks.CacheAsync),
        new(CheckArea.Storage, CheckRules.Spool, StorageChecks.SpoolAsync),
        new(CheckArea.Storage, CheckRules.State, StorageChecks.StateAsync),
    ];

    private static async IAsyncEnumerable<Finding> ConfigurationAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        yield return CheckRules.Configuration.Ok($"{subject.SiteFile} can be used.");
        foreach (var warning in subject.ConfigurationWarnings)
            yield return CheckRules.Configuration.Warning(warning, "Change the key if it was not meant so.");
    }
}
