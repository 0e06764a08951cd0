using System.Text;
using System.Text.Json.Serialization;
using System.Xml;
using FedSite.Checks;

namespace FedSite.App.Commands;

/// <summary>All that <c>fedsite check</c> saw.</summary>
internal sealed record CheckReport
{
    /// <summary>Null when the configuration can't be read.</summary>
    public required string? Site { get; init; }
    public required int Ok { get; init; }
    public required int Infos { get; init; }
    public required int Warnings { get; init; }
    public required int Errors { get; init; }
    public required IReadOnlyList<Finding> Findings { get; init; }

    public static CheckReport Of(string? siteName, IReadOnlyList<Finding> findings) =>
        new()
        {
            Site = siteName,
            Ok = findings.Count(f => f.Severity == Severity.Ok),
            Infos = findings.Count(f => f.Severity == Severity.Info),
            Warnings = findings.Count(f => f.Severity == Severity.Warning),
            Errors = findings.Count(f => f.Severity == Severity.Error),
            Findings = findings,
        };
}

/// <summary>The report as JUnit XML: errors are failures, the rest passed.</summary>
internal static class CheckJUnit
{
    public static string Write(CheckReport report)
    {
        using var text = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            Encoding = new UTF8Encoding(false),
            NewLineChars = "\n",
        };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", "fedsite check");
            xml.WriteAttributeString("tests", XmlConvert.ToString(report.Findings.Count));
            xml.WriteAttributeString("failures", XmlConvert.ToString(report.Errors));
            foreach (var finding in report.Findings)
                Write(xml, finding);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    private static void Write(XmlWriter xml, Finding finding)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", finding.Id);
        xml.WriteAttributeString("name", Clean(finding.Seen));
        if (finding.Severity == Severity.Error)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Clean(finding.Seen));
            xml.WriteString(Clean($"{finding.Why}\n{finding.Todo}\n{finding.Link}"));
            xml.WriteEndElement();
        }
        else if (finding.Todo is not null)
        {
            xml.WriteElementString("system-out", Clean($"{finding.Severity}: {finding.Todo}"));
        }

        xml.WriteEndElement();
    }

    // What a remote service says may hold characters that XML can't.
    private static string Clean(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '?'));
}

[JsonSerializable(typeof(CheckReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class CheckJson : JsonSerializerContext;
