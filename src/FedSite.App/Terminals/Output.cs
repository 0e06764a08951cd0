using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FedSite.App.Terminals;

/// <summary>Writes results to standard output in the form that the user asked for.</summary>
internal sealed class Output(Terminal terminal, OutputFormat format, bool colors)
{
    private static readonly JsonWriterOptions JsonStyle = new()
    {
        Indented = true,
        // Standard output is no HTML page: names keep their letters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public OutputFormat Format { get; } = format;

    /// <summary>Something was written.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Writes a JSON document, its lists while they are read; a command calls it once.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type)
    {
        IsUsed = true;
        var styled = new JsonSerializerOptions(type.Options)
        {
            WriteIndented = JsonStyle.Indented,
            Encoder = JsonStyle.Encoder,
        };
        JsonSerializer.Serialize(terminal.Out, value, (JsonTypeInfo<T>)styled.GetTypeInfo(typeof(T)));
        terminal.Out.Write("\n"u8);
    }

    /// <summary>Writes the elements as one JSON array while they come.</summary>
    public async Task JsonAsync<T>(
        IAsyncEnumerable<T> values,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        IsUsed = true;
        await using (var writer = new Utf8JsonWriter(terminal.Out, JsonStyle))
        {
            writer.WriteStartArray();
            await foreach (var value in values.WithCancellation(cancellationToken))
            {
                JsonSerializer.Serialize(writer, value, type);
                await writer.FlushAsync(cancellationToken);
            }

            writer.WriteEndArray();
        }

        terminal.Out.Write("\n"u8);
    }

    /// <summary>Writes a table; in colour on a terminal, as aligned plain text otherwise.</summary>
    public void Table(TextTable table)
    {
        if (terminal.OutIsTerminal)
            Text(SpectreTables.Render(table, terminal.Width, colors));
        else
            Text(table.ToString());
    }

    /// <summary>Writes one line of plain text.</summary>
    public void Line(string text = "") => Text(PlainText.Line(text) + "\n");

    /// <summary>Writes text as it is.</summary>
    public void Text(string text)
    {
        Bytes(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        IsUsed = true;
        terminal.Out.Write(bytes);
        if (terminal.OutIsTerminal)
            terminal.Out.Flush();
    }

    /// <summary>Hands over what was written so far: for a command that goes on running.</summary>
    public void Flush() => terminal.Out.Flush();
}
