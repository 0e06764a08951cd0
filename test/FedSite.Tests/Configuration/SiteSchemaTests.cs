using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FedSite.Configuration;
using FedSite.TestKit;

namespace FedSite.Tests.Configuration;

public class SiteSchemaTests
{
    private const string Marker =
        "<!-- Made from the schema; FEDSITE_UPDATE_GOLDEN=1 ./test.sh quick makes it anew. -->\n";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void Schema_is_in_step_with_the_records() =>
        Golden.Check(
            new SchemaGenerator().Generate().ToJsonString(Readable) + "\n",
            "../../src/FedSite/Configuration/site.schema.json"
        );

    [Fact]
    public void Reference_page_is_in_step_with_the_schema()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs/configuration.md"));
        var introduction = page[..(page.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)];

        Golden.Check(
            $"{introduction}\n{ReferencePage.TablesOf(new SchemaGenerator().Generate()).TrimEnd()}\n",
            "../../docs/configuration.md"
        );
    }

    [Fact]
    public void Every_key_is_described()
    {
        var silent = new List<string>();
        Collect(new SchemaGenerator().Generate(), "", silent);
        Assert.Empty(silent);
    }

    [Fact]
    public void Program_carries_the_schema()
    {
        var file = File.ReadAllBytes(Path.Combine(Root(), "src/FedSite/Configuration/site.schema.json"));
        Assert.Equal(Encoding.UTF8.GetString(file), Encoding.UTF8.GetString(SiteSchema.Read()));
    }

    private static void Collect(System.Text.Json.Nodes.JsonObject schema, string path, List<string> silent)
    {
        foreach (var (key, node) in schema["properties"]?.AsObject() ?? [])
        {
            if (node!["description"] is null)
                silent.Add($"{path}.{key}");
            Collect((node["items"] ?? node).AsObject(), $"{path}.{key}", silent);
        }
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath("../../..", Path.GetDirectoryName(here)!);
}
