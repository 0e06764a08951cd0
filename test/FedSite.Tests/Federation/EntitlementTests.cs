using CsCheck;
using FedSite.Federation;
using FedSite.Federation.Mappings.Python;
using FedSite.Federation.Plans;

namespace FedSite.Tests.Federation;

public sealed class EntitlementTests
{
    [Theory]
    [InlineData("urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu", true)]
    [InlineData("https://example.org/entitlement/x", true)]
    [InlineData("urn:mace:egi.eu: group:x", false)]
    [InlineData("urn:mace:a;urn:mace:b", false)]
    [InlineData("urn:x:y", false)]
    [InlineData("", false)]
    public void What_no_token_can_bring_is_a_fault(string entitlement, bool isGood)
    {
        Assert.Equal(isGood, Entitlement.Fault(entitlement) is null);
    }

    [Fact]
    public void The_pattern_matches_the_entitlement_and_nothing_near_it()
    {
        var text = Gen.Char[' ', '~'].Array[1, 40].Select(letters => new string(letters));
        Gen.Select(text, Gen.Int[0, 39], Gen.Char[' ', '~'])
            .Sample(
                (entitlement, at, letter) =>
                {
                    var pattern = PythonPattern.Compile(Entitlement.Pattern(entitlement));
                    Assert.True(pattern.IsIn(entitlement));
                    var i = at % entitlement.Length;
                    var near = entitlement[..i] + letter + entitlement[(i + 1)..];
                    Assert.Equal(near == entitlement, pattern.IsIn(near));
                    Assert.False(pattern.IsIn(entitlement + letter));
                    Assert.False(pattern.IsIn(letter + entitlement));
                }
            );
    }

    [Fact]
    public void A_pattern_is_read_back_as_its_entitlement()
    {
        Gen.Char[' ', '~']
            .Array[1, 40]
            .Select(letters => new string(letters))
            .Sample(text => Assert.Equal(text, MappingPeople.Literal(Entitlement.Pattern(text))));
    }
}
