using System.Text;
using System.Xml;
using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>
/// StAR, the storage accounting record: an XML list of records. Any prefix may stand for its namespace, which attributes
/// need too.
/// </summary>
internal static class StorageMessage
{
    private const string Namespace = "http://eu-emi.eu/namespaces/2011/02/storagerecord";
    private const string List = "StorageUsageRecords";
    private const string Record = "StorageUsageRecord";
    private const string Identity = "RecordIdentity";

    // No broker takes as much.
    private const int MaxCharacters = 16 << 20;

    private static readonly XmlWriterSettings AsOnTheWire = new()
    {
        // What is not ASCII becomes a character reference.
        Encoding = Encoding.ASCII,
        OmitXmlDeclaration = true,
        NamespaceHandling = NamespaceHandling.OmitDuplicates,
    };

    public static MessageContent Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var reader = Open(Encoding.UTF8.GetString(text.Span));
            reader.MoveToContent();
            return Is(reader, List)
                ? new MessageContent
                {
                    Type = List,
                    Kind = RecordKind.Storage,
                    Records = ReadRecords(reader),
                }
                : MessageContent.Unknown($"XML, {reader.LocalName}");
        }
        catch (XmlException)
        {
            return MessageContent.Unknown("broken XML");
        }
    }

    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> text, IReadOnlyList<MessageRecord> keep)
    {
        using var reader = Open(Encoding.UTF8.GetString(text.Span));
        reader.MoveToContent();
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, AsOnTheWire))
        {
            writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
            writer.WriteAttributes(reader, defattr: false);
            foreach (var record in keep)
            {
                using var one = Open(record.Text);
                writer.WriteNode(one, defattr: false);
            }

            writer.WriteFullEndElement();
        }

        return output.ToArray();
    }

    private static List<MessageRecord> ReadRecords(XmlReader reader)
    {
        var records = new List<MessageRecord>();
        reader.Read();
        while (!reader.EOF)
        {
            if (Is(reader, Record))
            {
                records.Add(ReadRecord(reader.ReadOuterXml()));
            }
            else
            {
                reader.Skip();
            }
        }

        return records;
    }

    private static MessageRecord ReadRecord(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = Open(text);
        var value = new StringBuilder();
        string? leaf = null;
        while (reader.Read())
        {
            if (Is(reader, Identity))
            {
                AddIdentity(fields, reader);
            }
            else if (reader.NodeType is XmlNodeType.Element)
            {
                leaf = reader is { IsEmptyElement: false, NamespaceURI: Namespace } ? reader.LocalName : null;
                value.Clear();
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                value.Append(reader.Value);
            }
            else if (reader.NodeType is XmlNodeType.EndElement && leaf is not null)
            {
                fields[leaf] = value.ToString().Trim();
                leaf = null;
            }
        }

        // The repository's primary key.
        return new MessageRecord(fields.GetValueOrDefault("RecordId"), fields, text)
        {
            Missing = RecordFields.Missing(RecordKind.Storage, fields),
        };
    }

    private static void AddIdentity(Dictionary<string, string> fields, XmlReader reader)
    {
        if (reader.GetAttribute("recordId", Namespace) is { } id)
        {
            fields["RecordId"] = id;
        }

        if (reader.GetAttribute("createTime", Namespace) is { } created)
        {
            fields["CreateTime"] = created;
        }
    }

    private static bool Is(XmlReader reader, string name) =>
        reader.NodeType is XmlNodeType.Element && reader.LocalName == name && reader.NamespaceURI == Namespace;

    // From text, not from bytes: a declared encoding then means nothing.
    private static XmlReader Open(string text) =>
        XmlReader.Create(
            new StringReader(text.TrimStart()),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = MaxCharacters,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
            }
        );
}
