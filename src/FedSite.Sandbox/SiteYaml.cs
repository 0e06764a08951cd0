using System.Globalization;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Gocdb;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox;

/// <summary>The configuration of a site whose cloud and federation are the sandbox.</summary>
internal static class SiteYaml
{
    /// <summary>Most VOs in the file; projects beyond are accounted all the same, by their properties.</summary>
    private const int MostVos = 100;

    public static string Text(
        FederationSandbox sandbox,
        SandboxMessaging messaging,
        SandboxLogins logins,
        string folder
    )
    {
        var accounting = sandbox.World.Accounting;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # A site on the built-in sandbox; rewritten each time that the sandbox starts here.
            site:
              name: {{SandboxGocdb.Site}}
              service: cloud.example.org
            openstack:
              auth_type: v3password
              auth:
                auth_url: {{sandbox.KeystoneUrl}}
                username: {{accounting.Name}}
                password: {{accounting.Password}}
                user_domain_name: Default
              region_name: {{FederationSandbox.Region}}
            federation:
              issuer: {{logins.Provider.Issuer}}
              client: {id: {{SandboxLogins.ClientId}}, secret: {{SandboxLogins.ClientSecret}}}
              provider_ca: "{{messaging.CaFile}}"
              keystone: {{sandbox.KeystoneUrl}}
              horizon: https://dashboard.example.org/dashboard
              auditors: ["urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu"]
              accounting_user: {name: {{accounting.Name}}}
            vos:
            {{string.Join('\n', sandbox.World.SeededProjects.Where(HasVo).Take(MostVos).Select(Vo))}}
            flavors:
              - {name: gpu.a100, accelerator: {type: GPU, number: 1, vendor: NVIDIA, model: A100, memory: 40, pci: "10de:20f1"}, alias: "a100:1"}
            accounting:
              kinds: [cloud, accelerator, ip, storage]
            information:
              publish:
                - {type: file, path: "{{Path.Combine(folder, "site.json")}}"}
              gocdb: {url: "{{sandbox.GocdbUrl}}"}
            images:
              cache: "{{Path.Combine(folder, "images")}}"
              sources:
                - {registry: "{{sandbox.RegistryUrl.GetLeftPart(UriPartial.Authority)}}", project: egi_vm_images}
              openstack:
                auth: {auth_url: {{sandbox.KeystoneUrl}}, username: {{accounting.Name}}, password: {{accounting.Password}}, user_domain_name: Default, project_name: {{(
                sandbox.World.SeededProjects.FirstOrDefault() ?? sandbox.World.AdminProject
            ).Name}}, project_domain_name: Default}
                region_name: {{FederationSandbox.Region}}
            messaging:
              certificate: "{{messaging.Host.CertificateFile}}"
              key: "{{messaging.Host.KeyFile}}"
              trust: "{{messaging.TrustFolder}}"
              ams: {host: {{AmsSandbox.Host}}, port: {{messaging.Ams.Port}}, auth_port: {{messaging.Ams.AuthPort}}, project: {{messaging.Ams.Project}}}
              queues:
                cloud: {spool: "{{Path.Combine(folder, "spool")}}", topic: eu-egi-cloud-accounting}
                storage: {spool: "{{Path.Combine(folder, "spool-storage")}}", topic: eu-egi-storage-accounting}
            state: "{{Path.Combine(folder, "state")}}"

            """
        );
    }

    private static bool HasVo(SandboxProject project) => project.Properties.ContainsKey("egi.VO");

    private static string Vo(SandboxProject project) =>
        $$"""
              - name: {{project.Name}}
                entitlements: ["{{SandboxLogins.EntitlementOf(project.Name)}}"]
                projects:
                  - {name: {{project.Name}}, domain: Default, quota: {instances: 50, cores: 200, ram: 1TiB, volumes: 50, volume_storage: 10TiB, floating_ips: 50} }
            """;
}
