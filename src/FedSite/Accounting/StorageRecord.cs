using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;

namespace FedSite.Accounting;

/// <summary>
/// A volume in an interval of time: one <c>StorageUsageRecord</c> of StAR. Texts are clean (<see cref="WireText"/>).
/// https://cds.cern.ch/record/1452920
/// </summary>
internal sealed record StorageRecord
{
    public const string Namespace = "http://eu-emi.eu/namespaces/2011/02/storagerecord";

    private static readonly XmlWriterSettings Fragment = new()
    {
        ConformanceLevel = ConformanceLevel.Fragment,
        Encoding = Encoding.ASCII,
        OmitXmlDeclaration = true,
    };

    /// <summary>The repository keeps one record of each id: the one it loaded last.</summary>
    public required string RecordId { get; init; }

    /// <summary>ISO 8601.</summary>
    public required string CreateTime { get; init; }
    public required string StorageSystem { get; init; }
    public required string Site { get; init; }

    /// <summary>Kind of medium; null: left out.</summary>
    public string? StorageMedia { get; init; }

    /// <summary>Volume type; null: none.</summary>
    public string? StorageClass { get; init; }

    /// <summary>User id.</summary>
    public string? LocalUser { get; init; }

    /// <summary>Project id.</summary>
    public required string LocalGroup { get; init; }

    /// <summary>Name of the user; null: not known.</summary>
    public string? UserIdentity { get; init; }

    /// <summary>The VO.</summary>
    public required string Group { get; init; }

    /// <summary>ISO 8601.</summary>
    public required string StartTime { get; init; }

    /// <summary>ISO 8601.</summary>
    public required string EndTime { get; init; }

    /// <summary>Bytes.</summary>
    public required long ResourceCapacityUsed { get; init; }

    /// <summary>Appends the record as an element that uses the prefix of the message's root.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var text = new StringBuilder(1024);
        using (var xml = XmlWriter.Create(text, Fragment))
        {
            xml.WriteStartElement("sr", "StorageUsageRecord", Namespace);
            xml.WriteStartElement("sr", "RecordIdentity", Namespace);
            xml.WriteAttributeString("sr", "createTime", Namespace, CreateTime);
            xml.WriteAttributeString("sr", "recordId", Namespace, RecordId);
            xml.WriteEndElement();
            Element(xml, "StorageSystem", StorageSystem);
            Element(xml, "Site", Site);
            Element(xml, "StorageMedia", StorageMedia);
            Element(xml, "StorageClass", StorageClass);
            xml.WriteStartElement("sr", "SubjectIdentity", Namespace);
            Element(xml, "LocalUser", LocalUser);
            Element(xml, "LocalGroup", LocalGroup);
            Element(xml, "UserIdentity", UserIdentity);
            Element(xml, "Group", Group);
            xml.WriteEndElement();
            Element(xml, "StartTime", StartTime);
            Element(xml, "EndTime", EndTime);
            Element(xml, "ResourceCapacityUsed", ResourceCapacityUsed.ToString(CultureInfo.InvariantCulture));
            xml.WriteEndElement();
        }

        // The message's root declares the prefix once for all.
        text.Replace($" xmlns:sr=\"{Namespace}\"", "", 0, Math.Min(text.Length, 160));
        Encoding.ASCII.GetBytes(text.ToString(), output);
    }

    private static void Element(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteElementString("sr", name, Namespace, value);
        }
    }
}
