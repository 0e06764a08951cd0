using System.Text;
using System.Text.Json.Nodes;
using FedSite.Information.Validation;

namespace FedSite.Tests.Information.Validation;

public sealed class DocumentValidatorTests
{
    private const string ImageRef = "eu.egi.cloud.image_ref";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_ordinary_document_has_no_findings_in_either_form(bool repeats) =>
        Assert.Empty(Check((SomeSite.Ordinary with { Repeats = repeats }).ToJson()));

    [Fact]
    public void Unknown_classes_and_members_are_no_findings()
    {
        var document = SomeSite.Ordinary.ToJson();
        document["Starship"] = new JsonArray(1, 2);
        document["Share"]![0]!["Captain"] = 3;

        Assert.Empty(Check(document));
    }

    [Theory]
    [InlineData("CloudComputingImage")]
    [InlineData("CloudComputingInstanceType")]
    [InlineData("Share")]
    [InlineData("MappingPolicy")]
    [InlineData("CloudComputingService")]
    [InlineData("CloudComputingEndpoint")]
    public void A_key_that_the_query_API_needs_must_be_there(string key)
    {
        var document = SomeSite.Ordinary.ToJson();
        document.Remove(key);

        var finding = Error(document, key);

        Assert.Contains("the query API drops the whole site", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_without_accelerators_need_not_have_their_key()
    {
        var document = new SomeSite(new SomeShare("ops", "p1")).ToJson();
        document.Remove("CloudComputingVirtualAccelerator");

        Assert.Empty(Check(document));
    }

    [Fact]
    public void A_site_without_anything_to_offer_is_valid() => Assert.Empty(Check(new SomeSite().ToJson()));

    [Fact]
    public void Without_its_id_in_GOCDB_the_site_is_dropped()
    {
        var finding = Error((SomeSite.Ordinary with { GocdbId = null }).ToJson(), "CloudComputingService[0].OtherInfo");

        Assert.Contains("`information.gocdb.id`", finding.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CloudComputingService", "Associations.AdminDomain")]
    [InlineData("CloudComputingService", "OtherInfo.gocdb_id")]
    [InlineData("CloudComputingService", "QualityLevel")]
    [InlineData("CloudComputingService", "ID")]
    [InlineData("CloudComputingEndpoint", "URL")]
    [InlineData("CloudComputingEndpoint", "Associations")]
    [InlineData("CloudComputingImage", "MarketplaceURL")]
    [InlineData("CloudComputingImage", "Associations.Share")]
    [InlineData("CloudComputingInstanceType", "Name")]
    [InlineData("CloudComputingInstanceType", "CPU")]
    [InlineData("CloudComputingVirtualAccelerator", "Number")]
    [InlineData("Share", "ProjectID")]
    [InlineData("MappingPolicy", "Associations.PolicyUserDomain")]
    public void What_the_contract_has_must_be_there(string className, string member)
    {
        var document = SomeSite.Ordinary.ToJson();
        var path = member.Split('.');
        ((JsonObject)path[..^1].Aggregate(document[className]![0]!, (node, name) => node[name]!)).Remove(path[^1]);

        Assert.StartsWith("It is missing", Error(document, $"{className}[0].{member}").What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CloudComputingImage", "Name", "null", "null instead of a text")]
    [InlineData("CloudComputingImage", "ID", "\"\"", "An empty text instead of a text that is not empty")]
    [InlineData("CloudComputingInstanceType", "CPU", "\"8\"", "\"8\" instead of a whole number")]
    [InlineData("CloudComputingInstanceType", "CPU", "8.5", "8.5 instead of a whole number")]
    [InlineData("CloudComputingInstanceType", "NetworkIn", "\"no\"", "\"no\" instead of true, false or \"UNKNOWN\"")]
    [InlineData("CloudComputingEndpoint", "URL", "\"keystone:5000\"", "\"keystone:5000\" instead of a URL")]
    [InlineData("CloudComputingEndpoint", "HealthState", "\"fine\"", "\"fine\" instead of critical, ok, other")]
    [InlineData("CloudComputingEndpoint", "TrustedCA", "[1]", "An array instead of an array of texts")]
    [InlineData("CloudComputingService", "CreationTime", "\"2026-11-02T08:04:11\"", "instead of a time")]
    [InlineData("CloudComputingService", "Validity", "-1", "-1, less than 0")]
    [InlineData("Share", "OtherInfo", "[]", "An array instead of an object")]
    [InlineData("Share", "OtherInfo", "{\"health\": {\"state\": \"bad\"}}", "\"bad\" instead of ok, warning, critical")]
    [InlineData("Share", "Associations", "7", "7 instead of an object")]
    public void A_value_of_another_kind_is_an_error(string className, string member, string value, string what)
    {
        var document = SomeSite.Ordinary.ToJson();
        document[className]![0]![member] = JsonNode.Parse(value);

        Assert.Contains(Check(document), finding => finding.What.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void A_fractional_number_of_accelerators_is_right()
    {
        var share = new SomeShare("ops", "p1") { Flavors = [SomeFlavor.Gpu with { Accelerators = 0.5 }] };

        Assert.Empty(Check(new SomeSite(share).ToJson()));
    }

    [Theory]
    [InlineData("CloudComputingService")]
    [InlineData("CloudComputingManager")]
    [InlineData("CloudComputingEndpoint")]
    public void There_is_one_service_one_manager_and_one_endpoint(string className)
    {
        var document = SomeSite.Ordinary.ToJson();
        var second = document[className]![0]!.DeepClone();
        second["ID"] = "another";
        document[className]!.AsArray().Add(second);

        Assert.StartsWith("2 instead of exactly one", Error(document, className).What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_may_not_stand_twice_for_one_share()
    {
        var document = SomeSite.Ordinary.ToJson();
        document["CloudComputingImage"]!.AsArray().Add(document["CloudComputingImage"]![1]!.DeepClone());

        var finding = Error(document, "CloudComputingImage[2]");

        Assert.Equal(SomeImage.Own.Id, finding.ObjectId);
        Assert.StartsWith("It stands twice for share", finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Share")]
    [InlineData("MappingPolicy")]
    public void Two_objects_of_a_class_have_not_the_same_ID(string className)
    {
        var document = SomeSite.Ordinary.ToJson();
        document[className]![1]!["ID"] = document[className]![0]!["ID"]!.DeepClone();

        Assert.Equal("Another object of the class has the same ID.", Error(document, $"{className}[1]").What);
    }

    [Theory]
    [InlineData("CloudComputingImage", "Share")]
    [InlineData("CloudComputingImage", "CloudComputingManager")]
    [InlineData("CloudComputingInstanceType", "CloudComputingEndpoint")]
    [InlineData("CloudComputingVirtualAccelerator", "CloudComputingInstanceType")]
    [InlineData("Share", "CloudComputingService")]
    [InlineData("MappingPolicy", "Share")]
    [InlineData("AccessPolicy", "CloudComputingEndpoint")]
    public void A_reference_leads_somewhere(string className, string association)
    {
        var document = SomeSite.Ordinary.ToJson();
        document[className]![0]!["Associations"]![association]![0] = "nowhere";

        var finding = Error(document, $"{className}[0].Associations.{association}[0]");

        Assert.StartsWith($"No object of {association} has the ID nowhere", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_without_policy_is_nobodys()
    {
        var document = SomeSite.Ordinary.ToJson();
        document["MappingPolicy"]!.AsArray().RemoveAt(1);

        Assert.Equal(
            "No MappingPolicy names a VO for it: the query API leaves the share out.",
            Error(document, "Share[1]").What
        );
    }

    [Theory]
    [InlineData("ops", "answers questions for the VO's project and images")]
    [InlineData("/biomed/vip", "has a slash")]
    public void What_the_query_API_cannot_show_of_a_VO_is_a_warning(string vo, string what)
    {
        var site = SomeSite.Ordinary;
        var document = (site with { Shares = [.. site.Shares, new SomeShare(vo, "p3")] }).ToJson();

        Assert.Contains(what, Warning(document, "Share[2]").What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageRef)]
    [InlineData("eu.egi.cloud.tag")]
    public void A_reference_of_EGIs_registry_that_is_no_text_loses_the_site(string key)
    {
        var document = SomeSite.Ordinary.ToJson();
        document["CloudComputingImage"]![0]!["OtherInfo"]![key] = 12;

        var finding = Error(document, $"CloudComputingImage[0].OtherInfo[\"{key}\"]");

        Assert.Contains("the query API drops the whole site", finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "It is missing")]
    [InlineData("debian", "debian is no PROJECT/REPOSITORY:TAG")]
    public void An_image_of_EGIs_registry_needs_a_reference_for_the_Infrastructure_Manager(
        string? reference,
        string what
    )
    {
        var document = SomeSite.Ordinary.ToJson();
        var other = (JsonObject)document["CloudComputingImage"]![0]!["OtherInfo"]!;
        other.Remove(ImageRef);
        if (reference is not null)
            other[ImageRef] = reference;

        var finding = Warning(document, $"CloudComputingImage[0].OtherInfo[\"{ImageRef}\"]");

        Assert.StartsWith(what, finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, "has not come yet")]
    [InlineData(13, "is valid no more")]
    public void An_age_that_cannot_be_is_a_warning(int hours, string what)
    {
        var findings = DocumentValidator.Check(SomeSite.Ordinary.ToBytes(), SomeSite.Made.AddHours(hours));

        var finding = Assert.Single(findings);
        Assert.Equal(DocumentSeverity.Warning, finding.Severity);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_other_than_GOCDBs_is_a_warning()
    {
        var document = SomeSite.Ordinary.ToJson();
        document["CloudComputingService"]![0]!["OtherInfo"]!["site_name"] = "EXAMPLE";

        Warning(document, "CloudComputingService[0].Associations.AdminDomain[0]");
    }

    [Fact]
    public void Of_each_kind_the_first_20_are_told_and_how_many_there_are_besides()
    {
        var images = Enumerable.Range(0, 1000).Select(i => new SomeImage($"image{i}", "x")).ToArray();
        var document = new SomeSite(new SomeShare("ops", "p1") { Images = images }).ToJson();
        foreach (var image in document["CloudComputingImage"]!.AsArray())
            image!.AsObject().Remove("OSName");

        var findings = Check(document);

        Assert.Equal(21, findings.Count);
        Assert.Equal(
            new DocumentFinding(
                DocumentSeverity.Error,
                "CloudComputingImage[].OSName",
                ObjectId: null,
                "And 980 more of this kind.",
                NextStep: null
            ),
            findings[^1]
        );
    }

    [Theory]
    [InlineData("", "It is no JSON")]
    [InlineData("[]", "It is no JSON object")]
    [InlineData("{\"Share\": [}", "It is no JSON: line 1, byte 12")]
    [InlineData("{\"Share\": \"\\ud800\"}", "half a character")]
    [InlineData("{\"\\ud800\": 1}", "half a character")]
    public void Garbage_is_one_error(string text, string what)
    {
        var finding = Assert.Single(DocumentValidator.Check(Encoding.UTF8.GetBytes(text), SomeSite.Made));

        Assert.Equal(DocumentSeverity.Error, finding.Severity);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_nested_too_deep_is_one_error()
    {
        var text = $"{{\"Share\": {new string('[', 100_000)}";

        var finding = Assert.Single(DocumentValidator.Check(Encoding.UTF8.GetBytes(text), SomeSite.Made));

        Assert.StartsWith("It is nested deeper than 128 levels.", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_encodings_are_one_error()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"Share\": \"Münster\"}");

        Assert.StartsWith(
            "It is no UTF-8.",
            Assert.Single(DocumentValidator.Check(bytes, SomeSite.Made)).What,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_repeated_key_is_an_error()
    {
        var text = SomeSite.Ordinary.ToJson().ToJsonString()[..^1] + ",\"Share\": []}";

        var findings = DocumentValidator.Check(Encoding.UTF8.GetBytes(text), SomeSite.Made);

        Assert.Contains(
            findings,
            finding => finding.What == "The key Share stands more than once: consumers see only the last."
        );
    }

    private static IReadOnlyList<DocumentFinding> Check(JsonObject document) =>
        DocumentValidator.Check(Encoding.UTF8.GetBytes(document.ToJsonString()), SomeSite.Made);

    private static DocumentFinding Error(JsonObject document, string where) =>
        Single(document, where, DocumentSeverity.Error);

    private static DocumentFinding Warning(JsonObject document, string where) =>
        Single(document, where, DocumentSeverity.Warning);

    private static DocumentFinding Single(JsonObject document, string where, DocumentSeverity severity) =>
        Assert.Single(Check(document), finding => finding.Where == where && finding.Severity == severity);
}
