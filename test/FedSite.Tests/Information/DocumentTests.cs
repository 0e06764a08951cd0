using System.Text;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.Information;
using FedSite.Information.Comparison;
using FedSite.Information.Documents;
using FedSite.Information.Gocdb;
using FedSite.Information.Validation;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;
using FedSite.OpenStack.Network;
using FedSite.TestKit;

namespace FedSite.Tests.Information;

/// <summary>The form of the document, of facts that are made up.</summary>
public sealed class DocumentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 4, 11, TimeSpan.Zero);

    [Fact]
    public void Document_has_all_that_is_known() => Golden.Check(Pretty(Some(), "none"), "Information/document.json");

    [Fact]
    public void Document_for_old_readers_has_the_contract_alone() =>
        Golden.Check(Pretty(Some(), "1.2"), "Information/document-1.2.json");

    [Theory]
    [InlineData("none")]
    [InlineData("1.2")]
    public void Both_forms_are_valid(string compat) =>
        Assert.DoesNotContain(
            DocumentValidator.Check(Bytes(Some(), compat), Now),
            finding => finding.Severity is DocumentSeverity.Error
        );

    [Fact]
    public void A_site_without_anything_still_has_every_class()
    {
        var document = JsonElement.Parse(Bytes(Some() with { Shares = [] }, "none"));

        Assert.Equal(
            [
                "CloudComputingService",
                "CloudComputingManager",
                "CloudComputingEndpoint",
                "CloudComputingImage",
                "CloudComputingInstanceType",
                "CloudComputingVirtualAccelerator",
                "Share",
                "MappingPolicy",
                "AccessPolicy",
            ],
            document.EnumerateObject().Select(member => member.Name)
        );
        Assert.Empty(document.Class("CloudComputingImage"));
        Assert.Equal("unknown", document.Only("CloudComputingEndpoint").Text("HealthState"));
    }

    [Fact]
    public void The_document_is_one_line_of_ascii()
    {
        var bytes = Bytes(Some(), "none");

        Assert.True(Ascii.IsValid(bytes));
        Assert.Equal(bytes.Length - 1, bytes.AsSpan().IndexOf((byte)'\n'));
        Assert.Contains(
            "\u017dlu\u0165 \ud83d\udc27",
            JsonElement.Parse(bytes).Class("CloudComputingImage").Select(image => image.Text("Name"))
        );
    }

    [Fact]
    public void An_outage_closes_the_endpoint()
    {
        var outage = new Downtime(DowntimeSeverity.Outage, Now.AddHours(-1), Now.AddHours(1), "Power");
        var facts = Some() with { Gocdb = Some().Gocdb with { Downtimes = [outage] } };

        var endpoint = JsonElement.Parse(Bytes(facts, "none")).Only("CloudComputingEndpoint");

        Assert.Equal("closed", endpoint.Text("ServingState"));
        Assert.Equal("downtime", endpoint.Text("HealthState"));
        Assert.Equal(
            "2026-11-02T07:04:11Z",
            endpoint.GetProperty("OtherInfo").GetProperty("downtimes")[0].Text("start")
        );
    }

    [Fact]
    public void A_warning_of_a_downtime_closes_nothing()
    {
        var warning = new Downtime(DowntimeSeverity.Warning, Now.AddHours(-1), Now.AddHours(1), "At risk");
        var facts = Some() with { Gocdb = Some().Gocdb with { Downtimes = [warning] } };

        Assert.Equal(
            "production",
            JsonElement.Parse(Bytes(facts, "none")).Only("CloudComputingEndpoint").Text("ServingState")
        );
    }

    [Fact]
    public void Without_an_id_in_gocdb_the_service_says_nothing_of_it()
    {
        var facts = Some() with
        {
            Gocdb = new GocdbAnswer { State = GocdbState.Unknown, Info = "GOCDB answered 503" },
        };

        var document = JsonElement.Parse(Bytes(facts, "none"));

        Assert.False(document.Only("CloudComputingService").TryGetProperty("OtherInfo", out _));
        Assert.Contains(
            "GOCDB answered 503",
            document.Only("CloudComputingEndpoint").Text("HealthStateInfo"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Notes_of_an_image_without_content_are_no_member_for_old_readers()
    {
        var facts = Some();
        facts.Shares[0].Project.Images = [Image("i5", "empty", """{"APPLIANCE_ATTRIBUTES": "{}"}""")];

        var image = JsonElement.Parse(Bytes(facts, "1.2")).Class("CloudComputingImage")[0];

        Assert.False(image.TryGetProperty("OtherInfo", out _));
    }

    [Theory]
    [InlineData("marketplace", true, 2)]
    [InlineData("all", true, 3)]
    [InlineData("all", false, 4)]
    public void Images_are_included_as_configured(string include, bool hideSnapshots, int expected)
    {
        var config = new InformationConfig
        {
            Images = new PublishedImagesConfig { Include = include, HideSnapshots = hideSnapshots },
        };

        Assert.Equal(expected, new SiteDocument(Some(), config).Images);
    }

    [Fact]
    public void Things_of_two_regions_that_share_an_id_are_two()
    {
        var other = Project(new CloudFacts { Region = "Two" }, "p9");
        other.Flavors = [Flavor("1", "another")];
        var facts = Some();

        var document = new SiteDocument(
            facts with
            {
                Shares = [.. facts.Shares, new ShareFacts("vo.c", other, null, null)],
            },
            new InformationConfig()
        );

        Assert.Equal(4, document.Flavors);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("1.2")]
    public void What_could_not_be_read_is_not_lost(string compat)
    {
        var before = Bytes(Some(), compat);
        var facts = Some();
        foreach (var project in facts.Shares.Select(share => share.Project).Where(project => project.IsOpen))
        {
            project.Images = null;
            project.Fail(new PartFailure(Parts.Images, "Glance answered 503"));
        }

        Assert.False(DocumentLoss.Of(before, Bytes(facts, compat)).IsAbove(0));
    }

    private static byte[] Bytes(SiteFacts facts, string compat) =>
        new SiteDocument(facts, new InformationConfig { Compat = compat }).ToBytes();

    private static string Pretty(SiteFacts facts, string compat) =>
        Encoding
            .UTF8.GetString(new SiteDocument(facts, new InformationConfig { Compat = compat }).ToBytes(indented: true))
            .Replace($"fedsite/{ProductInfo.Version}", "fedsite/VERSION", StringComparison.Ordinal);

    private static SiteFacts Some()
    {
        var cloud = new CloudFacts
        {
            Region = "RegionOne",
            ImageUrl = "https://image.example.org",
            ComputeVersion = "2.96",
            ExternalNetworks =
            [
                new CloudNetwork
                {
                    Id = "n1",
                    Name = "public",
                    External = true,
                },
            ],
            VolumeTypes = ["fast", "__DEFAULT__"],
            HiddenImages = [Image("i0", "Debian 12", Registry("2026-09-01"))],
        };
        var a = Project(cloud, "p1");
        a.Images =
        [
            Image("i1", "Debian 12", Registry("2026-10-01")),
            Image("i2", "\u017dlu\u0165 \ud83d\udc27", """{"marketplace": "https://appdb.example.org/1/"}"""),
            Image("i3", "by hand", """{"architecture": "aarch64", "APPLIANCE_ATTRIBUTES": "{no json"}"""),
            Image("i4", "web-shelved", """{"image_type": "snapshot"}"""),
        ];
        a.Flavors =
        [
            Flavor("1", "m1.tiny"),
            Flavor("g", "gpu.half") with
            {
                Vcpus = 8,
                RamMiB = 32768,
                ExtraSpecs = new Dictionary<string, string>
                {
                    ["Accelerator:Number"] = "0.50",
                    ["Accelerator:Memory"] = "40.0",
                    ["Accelerator:Vendor"] = "NVIDIA",
                    ["accelerator:model"] = "A100",
                    ["Accelerator:VirtualizationType"] = "vGPU",
                    ["infiniband"] = "true",
                },
            },
            Flavor("a", "arm.small") with
            {
                ExtraSpecs = new Dictionary<string, string> { ["trait:HW_ARCH_AARCH64"] = "required" },
            },
        ];
        a.ServerStates = new Dictionary<string, long>
        {
            ["ACTIVE"] = 2,
            ["SHUTOFF"] = 1,
            ["PAUSED"] = 1,
            ["ERROR"] = 1,
            ["SHELVED_OFFLOADED"] = 1,
        };
        a.ComputeQuota = new OrderedDictionary<string, QuotaUse>
        {
            ["instances"] = new(20, 6),
            ["cores"] = new(64, 12),
            ["floating_ips"] = new(-1, 0),
        };
        a.VolumeQuota = new OrderedDictionary<string, QuotaUse> { ["gigabytes"] = new(1000, 20) };
        a.NetworkQuota = new OrderedDictionary<string, QuotaUse> { ["floatingip"] = new(50, 1) };
        var b = new ProjectFacts(cloud)
        {
            Id = "p2",
            Name = "b",
            Domain = "egi.eu",
        };
        b.Fail(new PartFailure(Parts.Token, "Keystone answered 401"));
        return new SiteFacts
        {
            SiteName = "EXAMPLE-SITE",
            Endpoint = "https://keystone.example.org:5000/v3",
            Created = Now.AddTicks(2017330),
            Authentication = "v3oidcaccesstoken",
            Gocdb = new GocdbAnswer
            {
                State = GocdbState.Current,
                EndpointId = "15123G0",
                SiteName = "EXAMPLE-SITE",
                DowntimesKnown = true,
            },
            Certificates = new EndpointCertificates("/C=GR/O=Example/CN=CA 3", []),
            Shares =
            [
                new ShareFacts(
                    "vo.a.example",
                    a,
                    new ShareNetworksConfig { DefaultType = "private" },
                    "https://sla.example.org"
                ),
                new ShareFacts("/vo.a.example/group", a, null, null),
                new ShareFacts("vo.b.example", b, null, null),
            ],
            Homeless = [new VoFailure("vo.d.example", "the site's account has no role in a project of this VO")],
        };
    }

    private static ProjectFacts Project(CloudFacts cloud, string id) =>
        new(cloud)
        {
            Id = id,
            Name = $"project {id}",
            Domain = "egi.eu",
            IsOpen = true,
        };

    private static ListedFlavor Flavor(string id, string name) =>
        new()
        {
            Id = id,
            Name = name,
            Vcpus = 1,
            RamMiB = 512,
            DiskGiB = 10,
            EphemeralGiB = 5,
        };

    private static string Registry(string tag) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string>
            {
                ["vmcatcher_event_ad_mpuri"] = $"registry.egi.eu/egi_vm_images/debian:12-sha256:{tag}",
                ["os_distro"] = "debian",
                ["os_version"] = "12",
                ["architecture"] = "x86_64",
                ["vmcatcher_event_dc_description"] = "Debian 12",
                ["APPLIANCE_ATTRIBUTES"] =
                    $$"""{"eu.egi.cloud.image_ref": "egi_vm_images/debian:12", "eu.egi.cloud.tag": "{{tag}}", "ad:base_mpuri": "https://base.example.org/", "org.openstack.glance.os_admin_user": "debian"}""",
            }
        );

    private static CloudImage Image(string id, string name, string properties) =>
        new()
        {
            Id = id,
            Name = name,
            Owner = "owner",
            Visibility = "public",
            Status = "active",
            Size = 650_000_000,
            DiskFormat = "qcow2",
            ContainerFormat = "bare",
            MinDiskGiB = 10,
            Created = Now.AddDays(-30),
            Updated = Now.AddDays(-29),
            HashAlgo = "sha512",
            HashValue = "0f3c",
            Properties = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(properties)!,
        };
}
