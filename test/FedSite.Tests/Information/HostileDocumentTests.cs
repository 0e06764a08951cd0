using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FedSite.Information.Comparison;
using FedSite.Information.Validation;
using FedSite.Tests.Information.Consumers;

namespace FedSite.Tests.Information;

/// <summary>Documents come from anywhere: no document may bring down who judges or compares it.</summary>
[Trait("Category", "Long")]
public sealed class HostileDocumentTests
{
    private static readonly byte[] Right = SomeSite.Ordinary.ToBytes();

    // Bytes that mean something in JSON turn up more often than others.
    private static readonly byte[] Signs = "{}[]\":,\\u0eE-+. \ntfn"u8.ToArray();

    private static readonly Gen<byte> SomeByte = Gen.OneOf(
        Gen.Byte,
        Gen.Int[0, Signs.Length - 1].Select(index => Signs[index])
    );

    private static readonly Gen<byte[]> Damaged = Gen.Select(
            Gen.Int[0, Right.Length - 1],
            Gen.Int[0, 40],
            SomeByte.Array[0, 40]
        )
        .Array[1, 6]
        .Select(damages => damages.Aggregate(Right, Damage));

    private static readonly Gen<byte[]> Anything = Gen.OneOf(Damaged, SomeByte.Array[0, 300]);

    [Fact]
    public void Any_bytes_are_judged() =>
        Anything.Sample(
            bytes =>
            {
                var findings = DocumentValidator.Check(bytes, SomeSite.Made);
                return findings.Count < 1000 && findings.All(finding => finding.What.Length < 2000);
            },
            iter: 50_000
        );

    [Fact]
    public void Any_bytes_are_compared() =>
        Gen.Select(Anything, Anything)
            .Sample(
                (before, after) =>
                {
                    var difference = DocumentDifference.Between(before, after, withVolatile: true);
                    var loss = DocumentLoss.Of(before, after);
                    return (difference.Fault is null) == (loss.Fault is null) && difference.Summary.Length > 0;
                },
                iter: 30_000
            );

    [Fact]
    public void What_is_damaged_in_several_places_and_lost_at_the_query_API_is_an_error_to_the_validator()
    {
        var places = Mutations.Places(SomeSite.Ordinary.ToJson()).Count;
        Gen.Select(Gen.Int[0, places - 1], Gen.Int[0, 15])
            .Array[1, 4]
            .Sample(
                damages =>
                {
                    var bytes = Bytes(SomeSite.Ordinary.ToJson(), damages);
                    return new QueryApi(bytes).Dropped.Count == 0
                        || DocumentValidator
                            .Check(bytes, SomeSite.Made)
                            .Any(finding => finding.Severity is DocumentSeverity.Error);
                },
                iter: 10_000
            );
    }

    [Fact]
    public void Objects_without_end_are_judged_and_compared()
    {
        var ids = string.Join(',', Enumerable.Range(0, 300_000).Select(i => $"{{\"ID\":\"{i % 1000}\"}}"));
        var document = Encoding.UTF8.GetBytes($"{{\"CloudComputingImage\":[{ids}],\"Share\":[{ids}]}}");

        Assert.True(DocumentValidator.Check(document, SomeSite.Made).Count < 1000);
        Assert.True(DocumentDifference.Between(document, document).IsEqual);
    }

    private static byte[] Damage(byte[] document, (int Place, int Removed, byte[] Added) damage)
    {
        var start = Math.Min(damage.Place, document.Length);
        var end = Math.Min(start + damage.Removed, document.Length);
        return [.. document[..start], .. damage.Added, .. document[end..]];
    }

    private static byte[] Bytes(JsonObject document, (int Place, int Value)[] damages)
    {
        foreach (var (place, value) in damages)
        {
            var places = Mutations.Places(document);
            var (holder, key) = places[place % places.Count];
            Mutations.Apply(holder, key, value);
        }

        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(document);
    }
}
