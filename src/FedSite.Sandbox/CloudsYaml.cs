using System.Text;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox;

/// <summary>The sandbox's accounts in the file that OpenStack's own clients read.</summary>
internal static class CloudsYaml
{
    public static string Text(FederationSandbox sandbox, string? caFile)
    {
        var first = sandbox.World.SeededProjects.FirstOrDefault() ?? sandbox.World.AdminProject;
        var text = new StringBuilder("clouds:\n");
        Password("sandbox", sandbox.World.Accounting, scope: null);
        Password("sandbox-project", sandbox.World.Accounting, first.Name);
        Password("sandbox-admin", sandbox.World.Admin, sandbox.World.AdminProject.Name);
        Password("sandbox-member", sandbox.World.Member, first.Name);
        foreach (var credential in sandbox.World.ApplicationCredentials)
        {
            Begin($"sandbox-{credential.Name}", "v3applicationcredential");
            text.Append("      application_credential_id: ").Append(credential.Id).Append('\n');
            text.Append("      application_credential_secret: ").Append(credential.Secret).Append('\n');
            End();
        }
        OpenId("sandbox-oidc", FederationSandbox.AccessToken);
        if (sandbox.Logins is { } logins)
        {
            OpenId("sandbox-lookalike", logins.LookAlike.AccessToken);
        }
        return text.ToString();

        void Password(string name, SandboxUser user, string? scope)
        {
            Begin(name, "v3password");
            text.Append("      username: ").Append(user.Name).Append('\n');
            text.Append("      password: ").Append(user.Password).Append('\n');
            text.Append("      user_domain_name: Default\n");
            if (scope is not null)
            {
                text.Append("      project_name: ").Append(scope).Append("\n      project_domain_name: Default\n");
            }
            End();
        }

        void OpenId(string name, string accessToken)
        {
            Begin(name, "v3oidcaccesstoken");
            text.Append("      identity_provider: ").Append(SandboxLogins.Idp);
            text.Append("\n      protocol: ").Append(SandboxLogins.Protocol);
            text.Append("\n      access_token: ").Append(accessToken);
            text.Append("\n      project_id: ").Append(first.Id).Append('\n');
            End();
        }

        void Begin(string name, string type)
        {
            text.Append("  ").Append(name).Append(":\n    auth_type: ").Append(type);
            text.Append("\n    auth:\n      auth_url: ").Append(sandbox.KeystoneUrl).Append('\n');
        }

        void End()
        {
            text.Append("    region_name: ").Append(FederationSandbox.Region).Append("\n    interface: public\n");
            text.Append("    identity_api_version: 3\n");
            if (caFile is not null)
            {
                text.Append("    cacert: ").Append(caFile).Append('\n');
            }
        }
    }
}
