using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FedSite.Information.Validation;

/// <summary>What consumers read into the values: the age of the document, names of the site, images of EGI's registry.</summary>
internal sealed partial class ConsumerCheck(DocumentFindings findings, JsonElement document, DateTimeOffset now)
{
    private const string Service = "CloudComputingService";
    private const string ImageRef = "eu.egi.cloud.image_ref";
    private const string Tag = "eu.egi.cloud.tag";

    // Clocks of two hosts differ by seconds, not by more.
    private static readonly TimeSpan ClockError = TimeSpan.FromMinutes(5);

    public void Check()
    {
        CheckRepeatedKeys();
        if (document.ObjectsOf(Service).FirstOrDefault() is { ValueKind: JsonValueKind.Object } service)
        {
            CheckAge(service);
            CheckSite(service);
        }

        var index = -1;
        foreach (var image in document.Member(Contract.Image)?.Items() ?? [])
        {
            index++;
            // The query API goes by this part of the URL, wherever it stands.
            if (image.Text("MarketplaceURL")?.Contains("registry.egi.eu", StringComparison.Ordinal) == true)
                CheckRegistryImage(image, string.Create(CultureInfo.InvariantCulture, $"{Contract.Image}[{index}]"));
        }
    }

    private void CheckRepeatedKeys()
    {
        var keys = new HashSet<string>();
        foreach (var member in document.EnumerateObject().Where(member => !keys.Add(member.Name)))
        {
            findings.Add(
                "repeated key",
                new DocumentFinding(
                    DocumentSeverity.Error,
                    "document",
                    ObjectId: null,
                    $"The key {DocumentFindings.Cut(member.Name)} stands more than once: consumers see only the last.",
                    NextStep: null
                )
            );
        }
    }

    private void CheckAge(JsonElement service)
    {
        const string where = $"{Service}[0].CreationTime";
        if (
            !DateTimeOffset.TryParse(
                service.Text("CreationTime"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var made
            )
        )
            return;
        if (made > now + ClockError)
            Warn(
                "future",
                where,
                service,
                $"{Minute(made)} has not come yet.",
                "Set the clock of the host that made it."
            );
        if (
            service.Member("Validity") is { ValueKind: JsonValueKind.Number } validity
            && validity.TryGetInt64(out var seconds)
            && (now - made).TotalSeconds > seconds
        )
            Warn(
                "expired",
                where,
                service,
                $"It was made {Minute(made)} and is valid no more. The query API shows it all the same, because EGI "
                    + "switched that check off; where it is on, the site is dropped.",
                "Publish it anew, and more often than it expires."
            );
    }

    private void CheckSite(JsonElement service)
    {
        var other = service.Member(Contract.OtherInfo) ?? default;
        if (other.Text("gocdb_id") is { Length: > 0 } id && (id.Length > 100 || !GocdbId().IsMatch(id)))
            Warn(
                "gocdb id",
                $"{Service}[0].OtherInfo.gocdb_id",
                service,
                $"{DocumentFindings.Cut(id)} is no id of GOCDB's, such as 7513G0: the query API finds no host name, and the "
                    + "Infrastructure Manager takes no site without."
            );
        if (
            other.Text("site_name") is { } name
            && service.References("AdminDomain").FirstOrDefault() is { } domain
            && name != domain
        )
            Warn(
                "site name",
                $"{Service}[0].Associations.AdminDomain[0]",
                service,
                $"The site calls itself {DocumentFindings.Cut(domain)}, and GOCDB calls it {DocumentFindings.Cut(name)}: "
                    + "image-sync and accounting join by the name."
            );
    }

    private void CheckRegistryImage(JsonElement image, string where)
    {
        var other = image.Member(Contract.OtherInfo);
        foreach (var key in (string[])[ImageRef, Tag])
        {
            if (other?.Member(key) is { } value && value.Text() is null)
                findings.Add(
                    "no text",
                    Finding(
                        DocumentSeverity.Error,
                        $"{where}.OtherInfo[\"{key}\"]",
                        image,
                        $"It is no text, in an image of registry.egi.eu: {Contract.Dropped}.",
                        "Correct the image's property APPLIANCE_ATTRIBUTES."
                    )
                );
        }

        var reference = other?.Text(ImageRef);
        if (reference is null or { Length: > 1000 } || !Reference().IsMatch(reference))
            Warn(
                "image ref",
                $"{where}.OtherInfo[\"{ImageRef}\"]",
                image,
                $"{(reference is null ? "It is missing" : DocumentFindings.Cut(reference) + " is no PROJECT/REPOSITORY:TAG")}: "
                    + "the Infrastructure Manager finds the image under no egi:// URL.",
                "Have the image synchronised anew; its property APPLIANCE_ATTRIBUTES holds the reference."
            );
        if (other?.Member(Tag) is null)
            Warn(
                "image tag",
                $"{where}.OtherInfo[\"{Tag}\"]",
                image,
                "It is missing: of several such images the Infrastructure Manager takes any other one for newer."
            );
    }

    private void Warn(string kind, string where, JsonElement item, string what, string? nextStep = null) =>
        findings.Add(kind, Finding(DocumentSeverity.Warning, where, item, what, nextStep));

    private static DocumentFinding Finding(
        DocumentSeverity severity,
        string where,
        JsonElement item,
        string what,
        string? nextStep
    ) => new(severity, where, item.Text("ID"), what, nextStep);

    private static string Minute(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    [GeneratedRegex("^[0-9]+G[0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GocdbId();

    [GeneratedRegex("^[^/:\\s]+/[^:\\s]+:[^/:\\s]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reference();
}
