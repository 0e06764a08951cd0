using static FedSite.Information.Validation.MemberKind;

namespace FedSite.Information.Validation;

/// <summary>Members of service, manager, endpoint and policies.</summary>
internal static partial class Contract
{
    private static readonly string[] Qualities = ["development", "pre-production", "production", "testing"];

    private static IEnumerable<MemberRule> ServiceMembers() =>
        [
            Other(
                new MemberRule("gocdb_id", FilledText, "Id of the endpoint in GOCDB.")
                {
                    IsRequired = true,
                    Harm = Dropped,
                    NextStep =
                        "Register the endpoint's URL in GOCDB as a service of type org.openstack.nova, or give its id in "
                        + "`information.gocdb.id`.",
                },
                Optional("site_name", Text, "Name of the site in GOCDB.")
            ) with
            {
                IsRequired = true,
                Harm = Dropped,
                NextStep =
                    "Register the endpoint's URL in GOCDB as a service of type org.openstack.nova, or give its id in "
                    + "`information.gocdb.id`.",
            },
            Needed("Type", FilledText, "Always `org.cloud.iaas`."),
            Needed("QualityLevel", "How mature it is.", Qualities),
            Needed("StatusInfo", Text, "Web page of its monitoring."),
            Needed("ServiceAUP", Text, "Terms of use."),
            Needed("Complexity", Text, "Numbers of endpoint types and shares."),
            Needed("Capability", Texts, "What it is able to do."),
            .. Machines(),
        ];

    private static IEnumerable<MemberRule> ManagerMembers() =>
        [
            Other(
                Optional("regions", Texts, "Regions of the cloud."),
                Optional("networks", Objects, "External networks.") with
                {
                    Members = [Needed("name", Text, "Its name."), Needed("id", FilledText, "Its id.")],
                },
                Optional("floating_ips", MemberKind.Boolean, "There are floating addresses."),
                Optional("volume_types", Texts, "Names of the volume types.")
            ),
            Optional("ProductName", Text, "What the manager is called."),
            Optional("ProductVersion", Text, "Its version."),
            Optional("HypervisorName", Text, "What the hypervisors are called."),
            Optional("HypervisorVersion", Text, "Their version."),
            Optional("TotalCPUs", Whole, "CPUs of all hypervisors."),
            Optional("TotalRAM", Whole, "Memory of all hypervisors, in MiB."),
            Optional("InstanceMaxCPU", Whole, "CPUs of the largest flavor."),
            Optional("InstanceMinCPU", Whole, "CPUs of the smallest flavor."),
            Optional("InstanceMaxRAM", Number, "Memory of the largest flavor, in MiB."),
            Optional("InstanceMinRAM", Number, "Memory of the smallest flavor, in MiB."),
        ];

    private static IEnumerable<MemberRule> EndpointMembers() =>
        [
            Other(
                Optional("auditor_role", MemberKind.Boolean, "The auditor's role was found."),
                Optional("generator", Text, "Program that made the document, and its version."),
                Optional("gocdb", MemberKind.Object, "How what GOCDB says came to be known.") with
                {
                    Members =
                    [
                        Needed("state", "Where it is from.", "current", "cached", "configured", "unknown"),
                        Optional("info", Text, "What went wrong."),
                    ],
                },
                Optional("downtimes", Objects, "Downtimes in GOCDB, now and to come.") with
                {
                    Members =
                    [
                        Needed("severity", "How bad it is.", "OUTAGE", "WARNING"),
                        Needed("start", Time, "Its start."),
                        Needed("end", Time, "Its end."),
                        Optional("description", Text, "What is going on."),
                    ],
                },
                Optional("failed", Objects, "What could not be read.") with
                {
                    Members =
                    [
                        Optional("vo", Text, "VO for which it could not."),
                        Needed("part", FilledText, "What it is."),
                        Needed("info", Text, "What went wrong."),
                    ],
                }
            ),
            Needed("Capability", Texts, "What it is able to do."),
            Needed("QualityLevel", "How mature it is.", Qualities),
            Needed("InterfaceName", FilledText, "Always `org.openstack.nova`."),
            Optional("InterfaceVersion", Text, "Version of the interface."),
            Needed("HealthState", "How it is.", "critical", "ok", "other", "unknown", "warning", "downtime"),
            Optional("HealthStateInfo", Text, "The same in words."),
            Needed("ServingState", "Whether it takes work.", "closed", "draining", "production", "queueing"),
            Needed("Technology", Text, "Always `webservice`."),
            Needed("Implementor", Text, "Who made the cloud's software."),
            Needed("ImplementationName", Text, "What it is called."),
            Optional("ImplementationVersion", Text, "Nova's newest microversion."),
            Needed("DowntimeInfo", Text, "Web page of its downtimes."),
            Needed("Semantics", Text, "Web page of its documentation."),
            Needed("Authentication", Text, "How one logs in: name of a plugin of keystoneauth."),
            Needed("IssuerCA", Text, "Name of the CA that signed its certificate."),
            Needed("TrustedCA", Texts, "CAs of clients' certificates that it takes."),
            new("URL", Url, "Keystone's URL.") { IsRequired = true, Harm = Dropped },
        ];

    private static IEnumerable<MemberRule> PolicyMembers() =>
        [
            Other(),
            Needed("Rule", Texts, "`VO:` and a VO, each."),
            Needed("Scheme", FilledText, "Always `org.glite.standard`."),
        ];
}
