using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FedSite.Accounting;

/// <summary>Writes a record as one flat JSON object, with blanks as other sources of such messages write it.</summary>
internal sealed class JsonRecord
{
    private readonly StringBuilder _json = new("{");

    /// <summary>Leaves the key out when there is no value.</summary>
    public JsonRecord Text(string key, string? value)
    {
        if (value is not null)
        {
            Key(key).Append('"').Append(JsonEncodedText.Encode(value)).Append('"');
        }

        return this;
    }

    public JsonRecord Number(string key, decimal value)
    {
        Key(key).Append(value.ToString("0.###", CultureInfo.InvariantCulture));
        return this;
    }

    public void WriteTo(IBufferWriter<byte> output) => Encoding.ASCII.GetBytes(_json.Append('}').ToString(), output);

    private StringBuilder Key(string key) =>
        _json.Append(_json.Length > 1 ? ", " : "").Append('"').Append(key).Append("\": ");
}
