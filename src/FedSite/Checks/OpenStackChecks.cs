using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.Checks;

/// <summary>The cloud's account, its token, the catalog, and every endpoint that is used.</summary>
internal static class OpenStackChecks
{
    // Types as in the catalog, names that operators know them by.
    private static IEnumerable<(string Type, string Name)> Services(CheckSubject subject)
    {
        yield return ("compute", "Nova");
        yield return ("image", "Glance");
        yield return ("network", "Neutron");
        if (subject.Site.Accounting.Kinds.Contains(RecordKind.Storage))
            yield return ("block-storage", "Cinder");
    }

    public static async IAsyncEnumerable<Finding> AccountAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        yield return CheckRules.Credentials.Ok($"{cloud.Credentials}.");
        var (token, problem) = await GetTokenAsync(cloud, cancellationToken);
        if (token is not null)
            yield return CheckRules.Keystone.Ok(token);
        else
            yield return problem!;
    }

    public static async IAsyncEnumerable<Finding> EndpointsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        var credentials = cloud.Credentials;
        var trust = CloudTrust.PolicyOf(credentials);
        var rules = new EndpointFindings.Rules(CheckRules.Endpoints, CheckRules.EndpointTls);
        if (!credentials.Verify)
        {
            yield return CheckRules.EndpointTls.Warning(
                "`verify: false` switches the check of the endpoints' certificates off: anybody between may read the password.",
                "Name the authority of the endpoints with `cacert`, and remove `verify`."
            );
        }

        // Keystone's own address first: when the catalog fails, it is what to look at.
        var keystone = EndpointFindings.OfAsync(
            "Keystone",
            credentials.AuthUrl,
            trust,
            rules,
            subject.Time,
            cancellationToken
        );
        foreach (var finding in await keystone)
            yield return finding;

        var catalog = await cloud.GetCatalogAsync(await CatalogScopeAsync(cloud, cancellationToken), cancellationToken);
        foreach (var (type, name) in Services(subject))
        {
            var (url, problem) = Find(catalog, type);
            if (url is null)
            {
                yield return problem!;
                continue;
            }

            yield return CheckRules.Catalog.Ok($"{name}: {url}");
            foreach (
                var finding in await EndpointFindings.OfAsync(name, url, trust, rules, subject.Time, cancellationToken)
            )
                yield return finding;
        }
    }

    private static async Task<(string? Token, Finding? Problem)> GetTokenAsync(
        OpenStackCloud cloud,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var token = await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, cancellationToken);
            var scope =
                token.IsSystem ? "for the system"
                : token.ProjectName is { } project ? $"for project {project}"
                : "without scope";
            var roles = token.Roles.Count == 0 ? "" : $", roles {string.Join(", ", token.Roles.Order())}";
            return ($"A token {scope} for user {token.UserName}{roles}.", null);
        }
        catch (FedSiteException e)
        {
            return (null, CheckRules.Keystone.Error(e.Message, e.NextStep));
        }
    }

    // A token without scope sees no catalog; one of any project does.
    public static async Task<TokenScope> CatalogScopeAsync(OpenStackCloud cloud, CancellationToken cancellationToken)
    {
        var token = await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, cancellationToken);
        if (token.IsSystem || token.ProjectId is not null)
            return TokenScope.Configured;
        var projects = await cloud.Identity.ListMyProjectsAsync(cancellationToken);
        return projects.Count == 0 ? TokenScope.Configured : TokenScope.Project(projects[0].Id);
    }

    private static (Uri? Url, Finding? Problem) Find(Catalog catalog, string type)
    {
        try
        {
            return (catalog.Endpoint(type), null);
        }
        catch (FedSiteException e)
        {
            return (null, CheckRules.Catalog.Error(e.Message, e.NextStep));
        }
    }
}
