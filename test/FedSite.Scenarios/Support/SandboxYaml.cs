using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Scenarios.Support;

/// <summary>The section <c>openstack</c> of a site whose cloud is a sandbox.</summary>
internal static class SandboxYaml
{
    public static string Of(FederationSandbox sandbox) =>
        $$"""
              auth_type: v3password
              auth: {auth_url: "{{sandbox.KeystoneUrl}}", username: accounting, password: {{CloudWorld.Password}}, user_domain_name: Default}
              region_name: {{FederationSandbox.Region}}
            """;
}
