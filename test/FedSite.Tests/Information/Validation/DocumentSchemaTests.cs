using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Information.Validation;
using FedSite.TestKit;
using Json.Schema;

namespace FedSite.Tests.Information.Validation;

public sealed class DocumentSchemaTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSchema Schema = JsonSchema.FromText(DocumentSchema.Generate().ToJsonString());

    [Fact]
    public void Schema_is_in_step_with_the_validator() =>
        Golden.Check(DocumentSchema.Generate().ToJsonString(Readable) + "\n", "../../docs/information.schema.json");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_ordinary_document_keeps_to_it_in_either_form(bool repeats) =>
        Assert.True(IsRight((SomeSite.Ordinary with { Repeats = repeats }).ToJson()));

    [Fact]
    public void Schema_and_validator_agree_on_every_value_of_every_member()
    {
        var document = Whole();
        var disagreed = new List<string>();
        foreach (var (holder, key) in Mutations.Places(document))
        {
            foreach (var change in Mutations.Of(holder, key))
            {
                if (IsRight(document) != HasRightShape(document))
                    disagreed.Add($"{holder.GetPath()}: {change}");
            }
        }

        Assert.Empty(disagreed);
    }

    [Fact]
    public void Everything_that_the_contract_knows_keeps_to_it()
    {
        Assert.True(IsRight(Whole()));
        Assert.True(HasRightShape(Whole()));
    }

    private static bool IsRight(JsonObject document)
    {
        using var json = JsonDocument.Parse(document.ToJsonString());
        return Schema.Evaluate(json.RootElement).IsValid;
    }

    private static bool HasRightShape(JsonObject document)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));
        var findings = new DocumentFindings();
        new ShapeCheck(findings).Check(json.RootElement);
        return findings.ToList().Count == 0;
    }

    // An object of each class, with all members.
    private static JsonObject Whole()
    {
        var document = new JsonObject();
        foreach (var rule in Contract.Classes)
        {
            var item = Filled(rule.Members);
            var associations = new JsonObject();
            foreach (var association in rule.Associations)
                associations[association.Name] = new JsonArray("id");
            item[Contract.Associations] = associations;
            document[rule.Name] = new JsonArray(item);
        }

        return document;
    }

    private static JsonObject Filled(IReadOnlyList<MemberRule> members)
    {
        var item = new JsonObject();
        foreach (var member in members)
        {
            item[member.Name] = member.Kind switch
            {
                MemberKind.Text => member.Words?[0] ?? "text",
                MemberKind.FilledText => "text",
                MemberKind.Url => "https://keystone.example.org:5000/v3",
                MemberKind.Time => "2026-11-02T08:04:11.201733+00:00",
                MemberKind.Whole => 3,
                MemberKind.Number => 0.5,
                MemberKind.Boolean or MemberKind.PerhapsBoolean => true,
                MemberKind.Texts => new JsonArray("text"),
                MemberKind.Objects => new JsonArray(Filled(member.Members)),
                _ => Filled(member.Members),
            };
        }

        return item;
    }
}
