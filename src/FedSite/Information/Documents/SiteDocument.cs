using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FedSite.Configuration;

namespace FedSite.Information.Documents;

/// <summary>
/// The document about a site: one JSON object with an array for each class of GLUE 2.1, in the form of
/// cloud-info-provider 1.x.
/// </summary>
public sealed class SiteDocument
{
    private readonly SiteFacts _facts;
    private readonly InformationConfig _config;

    internal SiteDocument(SiteFacts facts, InformationConfig config)
    {
        _facts = facts;
        _config = config;
    }

    /// <summary>Nothing that was asked for failed.</summary>
    public bool IsComplete => !_facts.Failures.Any();

    /// <summary>It tells what at least one VO is offered.</summary>
    public bool HasOffers => _facts.SomebodyGotIn;

    public int Shares => _facts.Shares.Count;

    /// <summary>Images of all shares, each once.</summary>
    public int Images => new PublishedResources(_facts, _config).Images.Count;

    /// <summary>Flavors of all shares, each once.</summary>
    public int Flavors => new PublishedResources(_facts, _config).Flavors.Count;

    /// <summary>What failed, each in one line.</summary>
    public IReadOnlyList<string> Failures =>
        [
            .. _facts.Failures.Select(f =>
                f.Vo is null ? $"{f.Failure.Part}: {f.Failure.Info}" : $"{f.Vo}: {f.Failure.Part}: {f.Failure.Info}"
            ),
        ];

    /// <summary>One line of ASCII, or indented, with a line feed at the end.</summary>
    public byte[] ToBytes(bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // The encoder for web pages would hide signs such as `+`; this one leaves letters, which are for people only.
        var style = new JsonWriterOptions
        {
            Indented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var json = new Utf8JsonWriter(buffer, style))
        {
            var form = _config.Compat is InformationConfig.Provider12;
            new DocumentWriter(json, _facts, new PublishedResources(_facts, _config), form).Write();
        }

        buffer.Write("\n"u8);
        return indented ? buffer.WrittenSpan.ToArray() : Ascii(buffer.WrittenSpan);
    }

    /// <summary>Outside of strings JSON is ASCII, so that any other letter can be written as an escape.</summary>
    private static byte[] Ascii(ReadOnlySpan<byte> json)
    {
        if (System.Text.Ascii.IsValid(json))
            return json.ToArray();
        var text = new StringBuilder(json.Length);
        foreach (var letter in Encoding.UTF8.GetString(json))
        {
            if (char.IsAscii(letter))
                text.Append(letter);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
