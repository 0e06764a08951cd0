using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Images;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.Information;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Checks;

/// <summary>What images need, for a site that has sources of them. Nothing is uploaded.</summary>
internal static class ImageChecks
{
    private const int Named = 3;

    public static async IAsyncEnumerable<Finding> OwnerAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!IsUsed(subject))
            yield break;
        using var cloud = subject.ConnectAs(subject.Site.Images.OpenStack);
        var token = await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, cancellationToken);
        if (token.ProjectId is not { } project)
        {
            yield return CheckRules.ImageOwner.Error(
                $"The account of {cloud.Credentials.Origin} is not scoped to a project: nobody would own the images."
            );
            yield break;
        }

        var query = new ImageQuery { Owner = project };
        await foreach (var _ in cloud.Image.ListImagesAsync(TokenScope.Configured, query, cancellationToken))
            break;
        yield return CheckRules.ImageOwner.Ok($"Images belong to project {token.ProjectName} ({project}).");
        if (subject.Site.Images.Visibility is ImagesConfig.Public && !token.Roles.Contains("admin"))
        {
            yield return CheckRules.ImageOwner.Warning(
                "images.visibility is `public`, which Glance mostly allows to the role admin alone; the account does not have it.",
                "Ask the cloud's operator for the right `publicize_image`, or choose `shared` or `community`."
            );
        }
    }

    public static async IAsyncEnumerable<Finding> SourcesAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var config in subject.Site.Images.Sources)
        {
            using var source = new RegistrySource(config, new NoMemory(), subject.Time, NullLoggerFactory.Instance);
            var listing = await source.ListAsync(cancellationToken);
            if (listing.Failure is { } failure)
            {
                yield return CheckRules.ImageSources.Error(
                    $"Source {source.Name}: {failure.Message}",
                    failure.NextStep
                );
                continue;
            }

            foreach (var part in listing.Unread.Take(Named))
                yield return CheckRules.ImageSources.Warning(
                    $"Source {source.Name}: {part.Slots} can't be read: {part.Failure.Message}",
                    part.Failure.NextStep
                );
            yield return listing.Offers.Count == 0
                ? CheckRules.ImageSources.Warning(
                    $"Source {source.Name} offers no image.",
                    "Look at `project`, `repositories` and `tags` of the source: do they name what the registry has?"
                )
                : CheckRules.ImageSources.Ok($"Source {source.Name} offers {listing.Offers.Count} images.");
        }
    }

    public static async IAsyncEnumerable<Finding> MembersAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!IsUsed(subject) || subject.Site.Images.Visibility is not ImagesConfig.Shared)
            yield break;
        using var cloud = subject.ConnectAs(subject.Site.Images.OpenStack);
        using var accounts = new InformationAccounts(
            cloud.Credentials,
            section => CloudCredentialsSource.Overlay(cloud.Credentials, section, HostEnvironment.OfProcess()),
            subject.Time,
            NullLoggerFactory.Instance
        );
        var reading = new SiteVosReading(subject.Site, accounts, NullLogger.Instance);
        var vos = await reading.ReadAsync(cancellationToken);
        foreach (var vo in vos.Unknown)
            yield return CheckRules.ImageMembers.Warning($"VO {vo}: its project is not known.");
        var shut = new List<string>();
        foreach (var project in vos.Projects)
        {
            if (await WhyShutAsync(reading.AccountOf(project.ProjectId), cancellationToken) is { } why)
                shut.Add($"{project.Vo} (project {project.ProjectId}): {why}");
        }

        foreach (var project in shut.Take(Named))
            yield return CheckRules.ImageMembers.Warning($"Images can't be accepted for {project}");
        if (shut.Count == 0 && vos.Projects.Count > 0)
            yield return CheckRules.ImageMembers.Ok($"Images can be accepted in {vos.Projects.Count} projects.");
    }

    public static async IAsyncEnumerable<Finding> ConversionAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!IsUsed(subject) || subject.Site.Images.Formats.Count == 0)
            yield break;
        FedSiteException? failure = null;
        var seen = "";
        try
        {
            seen = await new ImageConverter(HostEnvironment.OfProcess(), subject.Time).ProbeAsync(cancellationToken);
        }
        catch (FedSiteException e)
        {
            failure = e;
        }

        yield return failure is null
            ? CheckRules.ImageConversion.Ok($"{seen} works, locked up.")
            : CheckRules.ImageConversion.Error(failure.Message, failure.NextStep);
    }

    public static async IAsyncEnumerable<Finding> CacheAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        if (IsUsed(subject))
            yield return StorageChecks.Try(
                CheckRules.ImageCache,
                "cache",
                subject.Site.Images.Cache!,
                needsLinks: false
            );
    }

    private static bool IsUsed(CheckSubject subject) => subject.Site.Images.Sources.Count > 0;

    private static async Task<string?> WhyShutAsync(ProjectSource? account, CancellationToken cancellationToken)
    {
        if (account is null)
            return "no account may be used there";
        try
        {
            await account.Account.Identity.GetTokenInfoAsync(account.Scope, cancellationToken);
            return null;
        }
        catch (OpenStackException e)
        {
            return e.Message;
        }
    }

    /// <summary>A check reads what stands in the registry now.</summary>
    private sealed class NoMemory : IManifestMemory
    {
        public byte[]? Find(string digest) => null;

        public void Keep(string digest, byte[] body)
        {
            // Nothing is remembered.
        }
    }
}
