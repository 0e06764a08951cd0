using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>What keys of a <c>site.yaml</c> demand of each other.</summary>
internal sealed class SiteRules(SiteConfig site, Func<string, Place> placeOf, ProblemList problems)
{
    public void Check()
    {
        if (site.OpenStack is { } cloud)
            CheckCloud(cloud, "openstack");
        if (site.Accounting.OpenStack is { } other)
            CheckCloud(other, "accounting.openstack");
        if (site.Information.OpenStack is { } informing)
            CheckCloud(informing, "information.openstack");
        foreach (var (i, target) in site.Information.Publish.Index())
        {
            if (target.OpenStack is { } store)
                CheckCloud(store, $"information.publish[{i}].openstack");
        }

        new InformationRules(site.Information, Error).Check();
        if (site.Images.OpenStack is { } filling)
            CheckCloud(filling, "images.openstack");
        new ImagesRules(site, Error).Check();
        CheckVos();
        new FlavorConfigRules(site.Flavors, Error).Check();
        if (site.Federation is { } federation)
            new FederationRules(federation, Error).Check();
        CheckNoneTwice("accounting.kinds", site.Accounting.Kinds.Select(kind => kind.Word()));
        CheckNoneTwice("accounting.public_ip.count", site.Accounting.PublicIp.Count);
        CheckSpools(site.Messaging.Queues);
        CheckNoneTwice("accounting.vo_property", site.Accounting.VoProperty);
        CheckNoneTwice("accounting.projects", (site.Accounting.Projects ?? []).Select(project => project.ToString()));
    }

    private void CheckCloud(OpenStackConfig cloud, string key)
    {
        if (cloud.Cloud is not null)
        {
            foreach (
                var (name, isGiven) in new[]
                {
                    ("auth_type", cloud.AuthType is not null),
                    ("auth", cloud.Auth is not null),
                }
            )
            {
                if (isGiven)
                    Error(
                        $"{key}.{name}",
                        "excluded by `cloud`: the credentials are in clouds.yaml, or here, not in both"
                    );
            }
        }
        else if (cloud.Auth is null && !problems.HasErrorsAt($"{key}.cloud") && !problems.HasErrorsAt($"{key}.auth"))
        {
            Error(key, "needs `cloud` (an entry of clouds.yaml), or `auth` with at least auth_url");
        }
        else if (cloud.Auth is not null)
        {
            CheckAuth(cloud.AuthType ?? AuthRules.DefaultType, cloud.Auth, key);
        }

        if (cloud.Verify == false)
        {
            var unused = cloud.Cacert is null ? "" : ", and `cacert` is not used";
            problems.Warning(
                placeOf($"{key}.verify"),
                $"{key}.verify",
                $"certificates of the cloud are not checked: anybody between can read the password{unused}; name the CA with `cacert` instead"
            );
        }
    }

    private void CheckAuth(string typeName, AuthConfig auth, string key)
    {
        if (problems.HasErrorsAt($"{key}.auth_type"))
            return;
        foreach (var (name, message) in AuthRules.Check(typeName, auth, strict: true))
        {
            // What was given but refused is not "missing" on top of that.
            if (!problems.HasErrorsAt($"{key}.auth.{name}"))
                Error($"{key}.auth.{name}", message);
        }
    }

    private void CheckVos()
    {
        // Keystone does not tell capitals from small letters in names of groups and projects.
        var vos = new Dictionary<string, (string Name, string Key)>(StringComparer.OrdinalIgnoreCase);
        var projects = new Dictionary<string, (VoConfig Vo, string Key)>();
        for (var i = 0; i < site.Vos.Count; i++)
        {
            var vo = site.Vos[i];
            if (vo.Name.Length > 0 && !vos.TryAdd(vo.Name, (vo.Name, $"vos[{i}]")))
                Error($"vos[{i}].name", Twice(vo.Name, vos[vo.Name]));
            for (var j = 0; j < vo.Projects.Count; j++)
            {
                var key = $"vos[{i}].projects[{j}]";
                if (vo.Projects[j].Quota is { } quota)
                    new QuotaRules(quota, $"{key}.quota", Error).Check();
                if (vo.Projects[j].Network is { } network && !problems.HasErrorsAt($"{key}.network.cidrs"))
                    new NetworkRules(network, $"{key}.network", Error).Check();
                var name = vo.Projects[j].ToString();
                if (name.Length > 0 && !projects.TryAdd(name, (vo, key)))
                    CheckShared(key, vo, name, projects[name]);
            }
        }

        CheckTermsOnce();
    }

    private string Twice(string vo, (string Name, string Key) first) =>
        vo == first.Name
            ? $"the VO {vo} is listed twice, first in {Line(first.Key)}"
            : $"the VO {vo} differs from {first.Name} ({Line(first.Key)}) in capitals alone, and Keystone takes both for one";

    private void CheckShared(string key, VoConfig vo, string name, (VoConfig Vo, string Key) first)
    {
        if (first.Vo == vo)
            Error(key, $"the project {name} is listed twice, first in {Line(first.Key)}");
        else
            problems.Warning(
                placeOf(key),
                key,
                $"the project {name} is also of the VO {first.Vo.Name} ({Line(first.Key)}): all its usage counts for {first.Vo.Name}, which is listed first"
            );
    }

    /// <summary>A project that VOs share has one quota and one network.</summary>
    private void CheckTermsOnce()
    {
        var first = new Dictionary<string, string>();
        foreach (var (i, vo) in site.Vos.Index())
        {
            foreach (var (j, project) in vo.Projects.Index())
            {
                foreach (var term in Terms(project))
                {
                    var key = $"vos[{i}].projects[{j}].{term}";
                    if (!first.TryAdd($"{term} {project}", key))
                        Error(
                            key,
                            $"the project {project} has a {term} already, in {Line(first[$"{term} {project}"])}; write it at one of its VOs"
                        );
                }
            }
        }
    }

    private static IEnumerable<string> Terms(ProjectRef project)
    {
        if (project.Quota is not null)
            yield return "quota";
        if (project.Network is not null)
            yield return "network";
    }

    // A sender takes whatever lies in its folder: one folder for two topics would send records to the wrong one.
    private void CheckSpools(QueuesConfig queues)
    {
        const string Key = "messaging.queues.storage.spool";
        if (
            queues.Cloud.Spool.Length > 0
            && Path.GetFullPath(queues.Cloud.Spool) == Path.GetFullPath(queues.Storage.Spool)
            && !problems.HasErrorsAt(Key)
        )
            Error(Key, "the same folder as messaging.queues.cloud.spool; each queue needs one of its own");
    }

    private void CheckNoneTwice(string key, IEnumerable<string> values)
    {
        if (problems.HasErrorsAt(key))
            return;
        var first = new Dictionary<string, string>();
        foreach (var (i, value) in values.Index())
        {
            if (!first.TryAdd(value, $"{key}[{i}]"))
                Error($"{key}[{i}]", $"`{value}` is listed twice");
        }
    }

    private string Line(string key) => $"line {placeOf(key).Line}";

    private void Error(string key, string message) => problems.Error(placeOf(key), key, message);
}
