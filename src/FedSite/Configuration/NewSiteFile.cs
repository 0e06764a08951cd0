using System.Text;

namespace FedSite.Configuration;

/// <summary>What a new <c>site.yaml</c> starts with.</summary>
/// <param name="Site">Name in GOCDB.</param>
public sealed record NewSiteFile(string Site)
{
    /// <summary>Entry of <c>clouds.yaml</c>.</summary>
    public string? Cloud { get; init; }

    /// <summary>Keystone's URL, when there is no <see cref="Cloud"/>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>Keystone user for <see cref="AuthUrl"/>.</summary>
    public string? Username { get; init; }

    /// <summary>Sections <c>vos</c> and <c>federation</c>, with an empty line behind; null: suggested as comments.</summary>
    public string? Federation { get; init; }

    /// <summary>The commented file. It never holds a password.</summary>
    public string ToYaml() =>
        $$"""
            # Configuration of fedsite. `fedsite config validate` checks it, `fedsite config show` tells what is in force.
            # Any value may hold ${NAME} for an environment variable, or be `!file /path` for the content of a file.

            site:
              name: {{Quote(Site)}} # as in GOCDB
              # service: keystone.example.org      # default: the host of the Keystone URL

            {{OpenStack()}}
            {{Federation ?? SuggestedFederation}}
            # accounting:
            #   tag: caso        # Keystone tag of projects to account, beside those of vos
            #   kinds: [cloud, accelerator]

            # What the site offers, for `fedsite info publish`: docs/information.md
            # information:
            #   publish:
            #     - {type: file, path: /var/lib/fedsite/site.json}
            #     - {type: swift, container: cloud-info}

            # The communities' VM images in Glance, for `fedsite images sync`: docs/images.md
            # images:
            #   sources:
            #     - {registry: https://registry.egi.eu, project: egi_vm_images}
            #   openstack: {cloud: example-ops}    # an account of the project that is to have the images

            # messaging:
            #   certificate: /etc/grid-security/hostcert.pem
            #   key: /etc/grid-security/hostkey.pem
            #   trust: /etc/grid-security/certificates
            #   queues:
            #     cloud: {spool: /var/spool/apel/outgoing/openstack, topic: eu-egi-cloud-accounting}

            # state: /var/lib/fedsite      # database and locks

            """;

    private const string SuggestedFederation = """
        # Which projects belong to which VO. Left out, each project's own property says it (see accounting.vo_property).
        # vos:
        #   - {name: vo.example.eu, projects: [project-id, project-name, name@domain]}

        # Logins by EGI Check-in, and VOs' groups and projects made by `fedsite apply`: docs/joining-the-federation.md
        # federation:
        #   provider: checkin-demo             # later: checkin
        #   client: {id: client-id, secret: !file /etc/fedsite/checkin-secret}
        #   keystone: https://keystone.example.org:5000/v3

        """;

    /// <summary>Writes it; the file appears whole or not at all.</summary>
    /// <param name="path">Its folder is made when it is missing.</param>
    /// <param name="overwrite">Replace a file that is there.</param>
    /// <param name="environment">Variables and working folder.</param>
    /// <exception cref="FedSiteException">A value is not allowed, or the file is there or can't be written.</exception>
    public void Write(string path, bool overwrite, HostEnvironment environment)
    {
        var text = ToYaml();
        // Variables that are not set yet are no reason to refuse.
        SiteFile.Read(text, path, environment with { Variable = name => environment.Variable(name) ?? "unset" });
        if (!overwrite && File.Exists(path))
            throw new FedSiteException(
                $"{path} exists already.",
                "Use --force to replace it, or --output-file for another file.",
                ExitCode.Usage
            );
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WriteDurably(temporary, text);
            File.Move(temporary, path, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new FedSiteException(
                $"{path} can't be written: {e.Message}",
                "Name another file with --output-file.",
                inner: e
            );
        }
    }

    private static void WriteDurably(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        };
        using var stream = new FileStream(path, options);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    private string OpenStack() =>
        (Cloud, AuthUrl) switch
        {
            ({ } cloud, _) => $"""
                openstack:
                  cloud: {Quote(cloud)} # an entry of clouds.yaml, where the credentials are

                """,
            (_, { } url) => $$"""
                openstack:
                  auth_type: v3password
                  auth:
                    auth_url: {{Quote(url)}}
                    username: {{Quote(Username ?? "accounting")}}
                    password: "${OS_PASSWORD}" # or: !file /etc/fedsite/password, or everything in clouds.yaml
                    user_domain_name: Default
                    # system_scope: all # lets Keystone list every project; or project_name: …
                  # region_name: RegionOne
                  # cacert: /etc/ssl/ca.pem

                """,
            _ => """
                # Left out, the OS_* environment variables say how to reach the cloud.
                # openstack:
                #   cloud: example # an entry of clouds.yaml

                """,
        };

    /// <summary>A text as <c>site.yaml</c> takes it, whatever is in it.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text.Replace("${", "$${", StringComparison.Ordinal))
        {
            quoted.Append(
                c switch
                {
                    '"' or '\\' => $"\\{c}",
                    < ' ' => $"\\x{(int)c:x2}",
                    // YAML 1.1 takes these for the end of a line.
                    '\u0085' or '\u2028' or '\u2029' => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }
}
