namespace FedSite.Checks;

/// <summary>All rules. An id is never used again for something else.</summary>
public static partial class CheckRules
{
    public static CheckRule Configuration { get; } =
        new(
            "FS-CFG-001",
            "The configuration can be used",
            "Without a right configuration no other command works.",
            "Correct the file; `fedsite config validate` checks it again."
        );

    public static CheckRule Credentials { get; } =
        new(
            "FS-CFG-002",
            "The cloud's account is known",
            "All information about usage comes from OpenStack, which wants an account.",
            "Set `openstack` in site.yaml, an entry of clouds.yaml, or the OS_* variables."
        );

    public static CheckRule Keystone { get; } =
        new(
            "FS-OST-001",
            "Keystone gives a token",
            "Without a token no service of the cloud answers.",
            "Check user, password or application credential, domain and scope with `openstack token issue`."
        );

    public static CheckRule Catalog { get; } =
        new(
            "FS-OST-002",
            "The catalog names the services",
            "The addresses of Nova, Glance, Neutron and Cinder come from the catalog, for one region and one interface.",
            "Set `region_name` and `interface` to values that the catalog has."
        );

    public static CheckRule Endpoints { get; } =
        new(
            "FS-OST-003",
            "Endpoints can be reached",
            "An address that does not answer costs every connection a time-out, or fails it.",
            "Open the port between this machine and the endpoint, or correct its DNS entry."
        );

    public static CheckRule EndpointTls { get; } =
        new(
            "FS-OST-004",
            "Endpoints have good certificates",
            "Clients refuse a service whose certificate has expired, is for another name, or of an unknown authority.",
            "Renew the service's certificate, or name the authority with `cacert`."
        );

    public static CheckRule Clock { get; } =
        new(
            "FS-OST-005",
            "Clocks agree",
            "A wrong clock makes tokens and signatures look expired, and moves usage into the wrong time.",
            "Let a time service (chrony, systemd-timesyncd) set this machine's clock and the cloud's."
        );

    public static CheckRule ProjectRights { get; } =
        new(
            "FS-OST-006",
            "The account may read each project's servers",
            "A project whose servers can't be read is missing from the accounting.",
            "Give the account the role `reader` in the project."
        );

    public static CheckRule SystemRights { get; } =
        new(
            "FS-OST-007",
            "The account may look up projects and users",
            "Without it projects are not found by tag, and records lack the users' global names.",
            "Give the account the role `reader` with system scope `all`, and set `system_scope: all`."
        );

    public static CheckRule ProjectVo { get; } =
        new(
            "FS-OST-008",
            "Each project belongs to a VO",
            "Usage of a project without a VO is not accounted: the federation books by VO.",
            "List the project under `vos` in site.yaml, or set its property egi.VO in Keystone."
        );

    public static CheckRule AcceleratorFlavors { get; } =
        new(
            "FS-FLV-001",
            "Flavors with accelerators are found and accounted",
            "Users find a flavor by its metadata, and its accelerators are accounted by it; servers get what the scheduler is told.",
            "`fedsite flavors lint` tells each fault; write the flavor under `flavors` of site.yaml, then `fedsite apply --only flavors`."
        );

    public static CheckRule MonitoringFlavor { get; } =
        new(
            "FS-FLV-002",
            "There is a flavor for monitoring",
            "The federation's monitoring makes a server of the smallest flavor with 8 GB of disk or more.",
            "Make a small public flavor with 10 GB of disk and without accelerators."
        );

    public static CheckRule FederationObjects { get; } =
        new(
            "FS-FED-001",
            "The cloud is as site.yaml says",
            "Identity provider, mapping, protocol, and each VO's group, project, property and roles decide who gets in; quotas, networks and flavors what they have there.",
            "`fedsite plan` shows the differences, `fedsite apply` ends them."
        );

    public static CheckRule MappingFaults { get; } =
        new(
            "FS-FED-002",
            "The mapping in Keystone has no faults",
            "One wrong character locks a community out, or lets a stranger in.",
            "`fedsite federation lint` tells each fault with its consequence."
        );

    public static CheckRule Issuer { get; } =
        new(
            "FS-FED-003",
            "The provider is who it should be",
            "Keystone knows the provider by the issuer in its tokens, letter by letter.",
            "Correct `provider` or `issuer` under `federation` of site.yaml."
        );

    public static CheckRule OpenIdCredentials { get; } =
        new(
            "FS-FED-004",
            "The provider knows Keystone's client",
            "Without the client neither browsers nor access tokens get through.",
            "Check the client's id and secret in the Federation Registry, and that introspection is allowed for it."
        );

    public static CheckRule AuthMethod { get; } =
        new(
            "FS-FED-005",
            "Keystone offers the federation's way to log in",
            "A protocol that is no method of `[auth] methods` is refused whatever the mapping says.",
            "Install what `fedsite federation render keystone` writes on each Keystone host, and restart it."
        );

    public static CheckRule WebLogin { get; } =
        new(
            "FS-FED-006",
            "Browsers are sent to the provider",
            "The dashboard's logins begin at Keystone's WebSSO address.",
            "Install what `fedsite federation render apache` writes on each Keystone host, and reload Apache."
        );

    public static CheckRule TokenLogin { get; } =
        new(
            "FS-FED-007",
            "Access tokens are asked for",
            "Command lines and orchestrators log in with an access token.",
            "Install what `fedsite federation render apache` writes on each Keystone host, and reload Apache."
        );

    public static CheckRule ForgedHeaders { get; } =
        new(
            "FS-FED-008",
            "Claims can't be forged from outside",
            "A header that looks like a claim, sent by anybody, could become somebody else's login.",
            "Install what `fedsite federation render apache` (or haproxy, nginx) writes: it refuses such headers."
        );

    public static CheckRule HostCertificate { get; } =
        new(
            "FS-CRT-001",
            "The host certificate can be used",
            "It signs every message and opens the messaging service.",
            "Set `messaging.certificate` and `key` to the host certificate and its key."
        );

    public static CheckRule TrustFolder { get; } =
        new(
            "FS-CRT-002",
            "The trust folder can be used",
            "Signatures are checked with the authorities in it.",
            "Install the IGTF authorities (package ca-policy-egi-core) and set `messaging.trust`."
        );

    public static CheckRule Chain { get; } =
        new(
            "FS-CRT-003",
            "The trust folder vouches for the host certificate",
            "What this machine does not trust, the receiver of its messages hardly will.",
            "Install the authority of the host certificate, and keep revocation lists fresh with fetch-crl."
        );

    public static CheckRule AmsReachable { get; } =
        new(
            "FS-AMS-001",
            "The messaging service can be reached",
            "Records are delivered through it.",
            "Open outbound TCP to `messaging.ams.port` and `auth_port`."
        );

    public static CheckRule AmsToken { get; } =
        new(
            "FS-AMS-002",
            "The messaging service gives a token",
            "It wants a token, which it gives to hosts that GOCDB knows.",
            "Enter the host certificate's DN in GOCDB, at a service endpoint in production."
        );

    public static CheckRule AmsTopic { get; } =
        new(
            "FS-AMS-003",
            "This host may publish to the topics",
            "Messages to a topic that refuses them stay in the spool.",
            "Add a service endpoint of the right type with this host's DN in GOCDB."
        );

    public static CheckRule Registration { get; } =
        new(
            "FS-AMS-004",
            "Each kind of records has its registration in GOCDB",
            "The right to publish to a topic comes from a service endpoint of this host, which is looked up by its DN.",
            "Ask the site's GOCDB administrator for a service endpoint of the type named, in production, with this host's DN."
        );

    public static CheckRule GocdbEndpoint { get; } =
        new(
            "FS-INF-001",
            "GOCDB knows the cloud's endpoint",
            "The query API drops a site whose document has no id of GOCDB; many tools use services in production alone.",
            "Register the URL in GOCDB as service org.openstack.nova of the site, in production and monitored."
        );

    public static CheckRule Downtimes { get; } =
        new(
            "FS-INF-002",
            "No downtime is declared",
            "During an outage the site's document says that the cloud is closed.",
            "End the downtime in GOCDB as soon as the work is done."
        );

    public static CheckRule PublishTargets { get; } =
        new(
            "FS-INF-003",
            "The site's document can be published",
            "A site that publishes nothing is not found by users and orchestrators.",
            "Correct the target under `information.publish`, or the rights of the account that runs fedsite there."
        );

    public static CheckRule ImageOwner { get; } =
        new(
            "FS-IMG-001",
            "The communities' images have a project",
            "Images belong to the project of the account that uploads them, and count against its quota.",
            "Give `images.openstack` an account that is member of a project, for instance of the VO ops, and name that project."
        );

    public static CheckRule ImageSources { get; } =
        new(
            "FS-IMG-002",
            "Sources of images can be read",
            "A source that tells nothing leaves its images as they are: users miss updates, security fixes among them.",
            "Correct the source under `images.sources`, or open the way to its registry."
        );

    public static CheckRule ImageMembers { get; } =
        new(
            "FS-IMG-003",
            "Shared images can be accepted for each VO",
            "An image that is shared with a project is not in its lists before a member of the project accepts it.",
            "Give the account of `images.openstack` the role member in the project, or the VO an account under `images.vos`."
        );

    public static CheckRule ImageConversion { get; } =
        new(
            "FS-IMG-004",
            "Images can be converted",
            "An image in a format that `images.formats` does not name is converted by qemu-img, locked up by bubblewrap.",
            "Install both: `apt install qemu-utils bubblewrap`; or leave `images.formats` empty."
        );

    public static CheckRule ImageCache { get; } =
        new(
            "FS-IMG-005",
            "The cache of images can be used",
            "Images that are converted, or go to several places, are kept there for a while.",
            "Name a folder of the account that runs fedsite under `images.cache`, on a disk with room for the largest image."
        );

    public static CheckRule Spool { get; } =
        new(
            "FS-STO-001",
            "Spools can be written",
            "Records wait there until they are delivered; they are queued with hard links.",
            "Give the account that runs fedsite a writable folder on a local file system."
        );

    public static CheckRule State { get; } =
        new(
            "FS-STO-002",
            "The state can be written",
            "It remembers what was accounted and sent.",
            "Give the account that runs fedsite a writable folder: key `state` of site.yaml."
        );

    public static IReadOnlyList<CheckRule> All { get; } =
    [
        Configuration,
        Credentials,
        Keystone,
        Catalog,
        Endpoints,
        EndpointTls,
        Clock,
        ProjectRights,
        SystemRights,
        ProjectVo,
        AcceleratorFlavors,
        MonitoringFlavor,
        FederationObjects,
        MappingFaults,
        Issuer,
        OpenIdCredentials,
        AuthMethod,
        WebLogin,
        TokenLogin,
        ForgedHeaders,
        CatchallFile,
        CatchallEndpoint,
        CatchallSite,
        CatchallProjects,
        CatchallLogin,
        HostCertificate,
        TrustFolder,
        Chain,
        AmsReachable,
        AmsToken,
        AmsTopic,
        Registration,
        GocdbEndpoint,
        Downtimes,
        PublishTargets,
        ImageOwner,
        ImageSources,
        ImageMembers,
        ImageConversion,
        ImageCache,
        Spool,
        State,
    ];
}
