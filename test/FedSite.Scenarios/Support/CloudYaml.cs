namespace FedSite.Scenarios.Support;

/// <summary>How to log in to the real cloud, as a section of site.yaml.</summary>
internal static class CloudYaml
{
    /// <param name="cloud">The cloud.</param>
    /// <param name="account">Key of an account.</param>
    /// <param name="scope">A further key, for instance <c>system_scope: all</c>.</param>
    public static string Of(TestCloud cloud, string account, string scope = "") =>
        Of(cloud, cloud.Accounts[account].Username, cloud.Accounts[account].Password, scope);

    public static string Of(TestCloud cloud, string username, string password, string scope) =>
        $$"""
              auth_type: v3password
              auth: {auth_url: "{{cloud.Keystone}}", username: {{username}}, password: {{password}}, user_domain_name: Default, {{scope}}}
              region_name: {{cloud.Region}}
            """;
}
