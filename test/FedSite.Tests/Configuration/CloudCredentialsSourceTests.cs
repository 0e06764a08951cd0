using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.Tests.Configuration;

public sealed class CloudCredentialsSourceTests : IDisposable
{
    private const string Password = """
        clouds:
          example:
            auth: {auth_url: "http://keystone.example.org:5000", username: accounting, password: open, project_name: p}
            region_name: RegionOne
        """;

    private static string Token(string token) =>
        $$"""
            clouds:
              example:
                auth_type: v3token
                auth: {auth_url: "http://keystone.example.org:5000", token: "{{token}}"}
            """;

    private readonly TextFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entry_of_clouds_yaml_is_found_in_the_working_folder()
    {
        _folder.Write("work/clouds.yaml", Password);
        var cloud = Resolve("example");
        Assert.Equal(
            (AuthType.Password, "http://keystone.example.org:5000/v3", "accounting", "RegionOne"),
            (cloud.AuthType, cloud.AuthUrl.ToString(), cloud.Username, cloud.RegionName)
        );
    }

    [Fact]
    public void User_s_own_file_is_found_when_the_working_folder_has_none()
    {
        _folder.Write("home/.config/openstack/clouds.yml", Password);
        Assert.Equal("open", Resolve("example").Password);
    }

    [Fact]
    public void File_named_by_a_variable_goes_first()
    {
        _folder.Write("work/clouds.yaml", Password);
        _variables["OS_CLIENT_CONFIG_FILE"] = _folder.Write("other", Password.Replace("open", "other"));
        Assert.Equal("other", Resolve("example").Password);
    }

    [Fact]
    public void Token_is_taken_without_the_line_break_at_its_end()
    {
        _folder.Write("work/clouds.yaml", Token("abc\\n"));
        Assert.Equal("abc", Resolve("example").Token);
    }

    [Fact]
    public void Token_with_a_line_break_inside_is_an_error()
    {
        _folder.Write("work/clouds.yaml", Token("abc\\ndef"));
        Assert.Contains("line break", Refusal(() => Resolve("example")));
    }

    [Fact]
    public void Named_file_that_is_missing_is_an_error_that_names_the_variable()
    {
        _variables["OS_CLIENT_CONFIG_FILE"] = "/nonexistent";
        Assert.Contains("OS_CLIENT_CONFIG_FILE", Refusal(() => Resolve("example")));
    }

    [Fact]
    public void Secrets_are_merged_in()
    {
        _folder.Write("work/clouds.yaml", Password);
        _folder.Write("home/.config/openstack/secure.yaml", "clouds: {example: {auth: {password: hidden}}}");
        Assert.Equal(("accounting", "hidden"), (Resolve("example").Username, Resolve("example").Password));
    }

    [Fact]
    public void Entry_goes_before_its_profile()
    {
        _folder.Write("work/clouds.yaml", "clouds: {a: {profile: vendor, auth: {username: u, password: p}}}");
        _folder.Write(
            "work/clouds-public.yaml",
            "public-clouds: {vendor: {auth: {auth_url: 'https://vendor/identity/', username: x}, region_name: R}}"
        );
        var cloud = Resolve("a");
        Assert.Equal(
            ("https://vendor/identity/v3", "u", "R"),
            (cloud.AuthUrl.ToString(), cloud.Username, cloud.RegionName)
        );
    }

    [Fact]
    public void Unknown_profile_is_refused()
    {
        _folder.Write("work/clouds.yaml", "clouds: {a: {profile: vendor}}");
        Assert.Contains("`vendor`", Refusal(() => Resolve("a")));
    }

    [Fact]
    public void Unknown_cloud_suggests_a_near_one()
    {
        _folder.Write("work/clouds.yaml", Password);
        Assert.Contains("did you mean `example`?", Refusal(() => Resolve("exmaple")));
    }

    [Fact]
    public void Old_spellings_are_understood()
    {
        _folder.Write(
            "work/clouds.yaml",
            """
            clouds:
              old:
                auth-url: https://h:5000/v3/
                insecure: yes
                endpoint_type: internalURL
                regions: [{name: R1}, R2]
                auth: {username: u, password: p, tenant_name: t, user-domain-name: d}
            """
        );
        var cloud = Resolve("old");
        Assert.Equal(
            ("https://h:5000/v3", "t", "d", false, "internal", "R1"),
            (
                cloud.AuthUrl.ToString(),
                cloud.ProjectName,
                cloud.UserDomainName,
                cloud.Verify,
                cloud.Interface,
                cloud.RegionName
            )
        );
    }

    [Fact]
    public void Site_yaml_goes_before_the_entry()
    {
        _folder.Write("work/clouds.yaml", Password);
        var section = new OpenStackConfig
        {
            Cloud = "example",
            RegionName = "Other",
            Verify = false,
        };
        var cloud = CloudCredentialsSource.Resolve(section, osCloud: null, Host());
        Assert.Equal(("Other", false), (cloud.RegionName, cloud.Verify));
    }

    [Fact]
    public void Option_goes_before_site_yaml()
    {
        _folder.Write("work/clouds.yaml", Password);
        var section = new OpenStackConfig { Auth = new AuthConfig { AuthUrl = "http://elsewhere" } };
        Assert.Equal("accounting", CloudCredentialsSource.Resolve(section, "example", Host()).Username);
    }

    [Fact]
    public void Variables_serve_when_site_yaml_names_no_cloud()
    {
        _variables["OS_AUTH_URL"] = "http://127.0.0.1:5000/v3";
        _variables["OS_USERNAME"] = "admin";
        _variables["OS_PASSWORD"] = "p";
        _variables["OS_TENANT_NAME"] = "demo";
        _variables["OS_DEFAULT_DOMAIN_NAME"] = "D";
        _variables["OS_REGION_NAME"] = "";
        var cloud = CloudCredentialsSource.Resolve(config: null, osCloud: null, Host());
        Assert.Equal(
            ("admin", "demo", "D", "D", null, "environment"),
            (
                cloud.Username,
                cloud.ProjectName,
                cloud.UserDomainName,
                cloud.ProjectDomainName,
                cloud.RegionName,
                cloud.Origin
            )
        );
    }

    [Fact]
    public void Nothing_at_all_says_what_can_be_given() =>
        Assert.Contains(
            "OS_AUTH_URL",
            Refusal(() => CloudCredentialsSource.Resolve(config: null, osCloud: null, Host()))
        );

    [Theory]
    [InlineData("v3password", "auth_url", "username", "password")]
    [InlineData("v3applicationcredential", "auth_url", "application_credential_id", "application_credential_secret")]
    [InlineData("token", "auth_url", "token", "token")]
    [InlineData("v3oidcaccesstoken", "identity_provider", "protocol", "access_token")]
    [InlineData("v3oidcclientcredentials", "client_id", "client_secret", "discovery_endpoint")]
    public void Missing_options_are_all_named(string type, params string[] options)
    {
        _folder.Write("work/clouds.yaml", $"clouds: {{a: {{auth_type: {type}}}}}");
        var message = Refusal(() => Resolve("a"));
        Assert.All(options, option => Assert.Contains($"{option}: required by {type}", message));
    }

    [Fact]
    public void Application_credential_takes_no_scope()
    {
        _folder.Write(
            "work/clouds.yaml",
            """
            clouds:
              a:
                auth_type: v3applicationcredential
                auth: {auth_url: "http://h", application_credential_id: i, application_credential_secret: s, project_id: p}
            """
        );
        Assert.Contains("project_id: remove it", Refusal(() => Resolve("a")));
    }

    [Fact]
    public void Unsupported_plugin_is_refused_with_those_supported()
    {
        _folder.Write("work/clouds.yaml", "clouds: {a: {auth_type: v2password}}");
        Assert.Contains("v3password", Refusal(() => Resolve("a")));
    }

    [Fact]
    public void Fault_in_clouds_yaml_is_told_with_its_line()
    {
        var file = _folder.Write("work/clouds.yaml", "clouds:\n  a: {auth: [}\n");
        Assert.Contains($"{file}:2:", Refusal(() => Resolve("a")));
    }

    [Theory]
    [InlineData("http://host:5000", "http://host:5000/v3")]
    [InlineData("http://host:5000/", "http://host:5000/v3")]
    [InlineData("https://host/identity", "https://host/identity/v3")]
    [InlineData("https://host/identity/v3/", "https://host/identity/v3")]
    [InlineData("https://[2001:db8::1]:5000/v3", "https://[2001:db8::1]:5000/v3")]
    public void Keystone_url_is_brought_to_one_form(string written, string used)
    {
        _folder.Write(
            "work/clouds.yaml",
            $"clouds: {{a: {{auth: {{auth_url: '{written}', username: u, password: p}}}}}}"
        );
        Assert.Equal(used, Resolve("a").AuthUrl.ToString());
    }

    private CloudCredentials Resolve(string name) =>
        CloudCredentialsSource.Resolve(config: null, osCloud: name, Host());

    private HostEnvironment Host()
    {
        _variables.TryAdd("HOME", Path.Combine(_folder.Path, "home"));
        return new HostEnvironment(_variables.GetValueOrDefault, Path.Combine(_folder.Path, "work"));
    }

    private static string Refusal(Func<object> act) => Assert.Throws<ConfigurationException>(act).Message;
}
