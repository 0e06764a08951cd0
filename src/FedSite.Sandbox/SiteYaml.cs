using System.Globalization;
using FedSite.Sandbox.Ams;

namespace FedSite.Sandbox;

/// <summary>The configuration of a site whose cloud and federation are the sandbox.</summary>
internal static class SiteYaml
{
    public static string Text(FederationSandbox sandbox, SandboxMessaging messaging, string folder)
    {
        var accounting = sandbox.World.Accounting;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # A site on the built-in sandbox; rewritten each time that the sandbox starts here.
            site:
              name: SANDBOX-SITE
              service: cloud.example.org
            openstack:
              auth_type: v3password
              auth:
                auth_url: {{sandbox.KeystoneUrl}}
                username: {{accounting.Name}}
                password: {{accounting.Password}}
                user_domain_name: Default
              region_name: {{FederationSandbox.Region}}
            accounting:
              kinds: [cloud, accelerator, ip, storage]
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
}
