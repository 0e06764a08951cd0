using System.Runtime.CompilerServices;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.Federation.Catchall;
using FedSite.Information.Gocdb;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Checks;

/// <summary>The copy of the central operations' file against GOCDB, <c>site.yaml</c> and the cloud.</summary>
internal static class CatchallChecks
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (subject.Site.Federation is not { Catchall.File: { } path } federation)
            yield break;
        var (file, fault) = Load(path);
        if (file is null)
        {
            yield return CheckRules.CatchallFile.Error(fault!.Message, fault.NextStep);
            yield break;
        }

        foreach (var warning in file.Warnings)
            yield return CheckRules.CatchallFile.Warning(warning);
        yield return CheckRules.CatchallFile.Ok($"{path} can be read: {file.Site.Vos.Count} VOs.");
        yield return await EndpointAsync(file.Site, subject, cancellationToken);
        using var cloud = subject.ConnectCloud();
        foreach (var finding in await AgreementAsync(file.Site, subject, cloud.Identity, cancellationToken))
            yield return finding;
        foreach (var finding in await ProjectsAsync(file.Site, cloud.Identity, cancellationToken))
            yield return finding;
        yield return await ProtocolAsync(file.Site, federation, cloud.Identity, cancellationToken);
        foreach (var finding in await RegionsAsync(file.Site, cloud, cancellationToken))
            yield return finding;
    }

    private static (CatchallFile? File, FedSiteException? Fault) Load(string path)
    {
        try
        {
            return (CatchallFile.Load(path), null);
        }
        catch (FedSiteException e)
        {
            return (null, e);
        }
    }

    private static async Task<Finding> EndpointAsync(CatchallSite file, CheckSubject subject, CancellationToken ct)
    {
        var rule = CheckRules.CatchallEndpoint;
        try
        {
            var config = subject.Site.Information.Gocdb;
            using var gocdb = new GocdbClient(config, subject.Time, NullLogger.Instance);
            var url = await gocdb.FindUrlAsync(new Uri(file.Endpoint), subject.Site.Site.Name, ct);
            return url is null ? rule.Error($"GOCDB has no service with the URL {file.Endpoint} of the file.")
                : url == file.Endpoint ? rule.Ok($"GOCDB and the file have {url}.")
                : rule.Error($"The file has {file.Endpoint}, GOCDB {url}.");
        }
        catch (GocdbException e)
        {
            return rule.Warning(e.Message, e.NextStep);
        }
    }

    private static async Task<IReadOnlyList<Finding>> AgreementAsync(
        CatchallSite file,
        CheckSubject subject,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var site = subject.Site;
        var withdrawn = WithdrawnVos.Of(site, subject.Time);
        var ids = await new CatchallProjects(identity).FindAsync(CatchallSource.Named(site, withdrawn), ct);
        var source = CatchallSource.Of(site, site.Federation!.Catchall.Endpoint ?? file.Endpoint, withdrawn, ids);
        var unknown = site
            .Vos.Select(vo => vo.Name)
            .Where(vo => !withdrawn.Contains(vo) && source.Site.Vos.All(one => one.Name != vo))
            .ToHashSet(StringComparer.Ordinal);
        // Whose project is not found is said already; the file may well be right.
        var compared = file with
        {
            Vos = [.. file.Vos.Where(vo => !unknown.Contains(vo.Name))],
        };
        var rule = CheckRules.CatchallSite;
        var findings = CatchallComparison
            .Differences(compared, source.Site, "the file", "site.yaml")
            .Select(text => rule.Warning(Sentence(text)))
            .Concat(unknown.Select(vo => rule.Warning($"The project of the VO {vo} in site.yaml is not found.")))
            .ToList();
        if (KeystoneUrl.Normalize(file.Endpoint) != KeystoneUrl.Normalize(site.Federation.Keystone))
            findings.Add(
                rule.Error($"The file is about {file.Endpoint}, federation.keystone is {site.Federation.Keystone}.")
            );
        return findings.Count > 0 ? findings : [rule.Ok("The file says what site.yaml says.")];
    }

    private static async Task<IReadOnlyList<Finding>> ProjectsAsync(
        CatchallSite file,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var rule = CheckRules.CatchallProjects;
        var mine = (await identity.ListMyProjectsAsync(ct)).ToDictionary(project => project.Id);
        var findings = new List<Finding>();
        var hidden = 0;
        foreach (var vo in file.Vos.Where(vo => vo.ProjectId is not null))
        {
            var (project, mayLook) = mine.TryGetValue(vo.ProjectId!, out var own)
                ? (own, true)
                : await FindAsync(identity, vo.ProjectId!, ct);
            if (!mayLook)
                hidden++;
            else if (project is null)
                findings.Add(rule.Error($"There is no project {vo.ProjectId}, which the file has for {vo.Name}."));
            else if (!project.Enabled)
                findings.Add(rule.Error($"The project {project.Name} of {vo.Name} is disabled."));
        }

        if (hidden > 0)
            findings.Add(rule.Info($"{hidden} projects can't be seen by this account; an administrator's can tell."));
        return findings.Count > 0 ? findings : [rule.Ok("All projects of the file are there and enabled.")];
    }

    private static async Task<(Project? Project, bool MayLook)> FindAsync(
        IdentityApi identity,
        string id,
        CancellationToken ct
    )
    {
        try
        {
            return (await identity.FindProjectAsync(id, ct), true);
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return (null, false);
        }
    }

    private static async Task<Finding> ProtocolAsync(
        CatchallSite file,
        FederationConfig federation,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var rule = CheckRules.CatchallLogin;
        var protocol = file.Protocol ?? CatchallComparison.DefaultProtocol;
        var idp = CatchallSource.Provider(federation).Idp;
        try
        {
            return await identity.Federation.FindProtocolAsync(idp, protocol, ct) is null
                ? rule.Error($"Keystone has no protocol {protocol} of the identity provider {idp}.")
                : rule.Ok($"Keystone has the protocol {protocol} of the identity provider {idp}.");
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return rule.Info($"This account may not see whether Keystone has the protocol {protocol}.");
        }
    }

    private static async Task<IReadOnlyList<Finding>> RegionsAsync(
        CatchallSite file,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        var named = file.Vos.Select(vo => vo.Region).Prepend(file.Region).OfType<string>().Distinct().ToList();
        if (named.Count == 0)
            return [];
        var scope = await OpenStackChecks.CatalogScopeAsync(cloud, ct);
        var regions = (await cloud.GetCatalogAsync(scope, ct)).Regions;
        return
        [
            .. named
                .Where(region => !regions.Contains(region, StringComparer.Ordinal))
                .Select(region =>
                    CheckRules.CatchallLogin.Error(
                        $"The catalog has no region {region}; it has {string.Join(", ", regions)}."
                    )
                ),
        ];
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
}
