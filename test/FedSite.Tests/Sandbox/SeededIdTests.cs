using CsCheck;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

public sealed class SeededIdTests
{
    private static readonly Gen<(ulong Seed, int Project, long Index)> Servers = Gen.Select(
        Gen.ULong,
        Gen.Int[0, 100_000],
        Gen.Long[0, 1L << 40]
    );

    [Fact]
    public void An_id_leads_back_to_its_server() =>
        Servers.Sample(s =>
        {
            var ids = new SeededId(s.Seed);
            return ids.TryDecode(ids.Encode(s.Project, s.Index), out var project, out var index)
                && (project, index) == (s.Project, s.Index);
        });

    [Fact]
    public void An_id_is_a_version_4_uuid() =>
        Servers.Sample(s =>
        {
            var text = new SeededId(s.Seed).Encode(s.Project, s.Index).ToString();
            return text[14] == '4' && "89ab".Contains(text[19], StringComparison.Ordinal);
        });

    [Fact]
    public void A_foreign_uuid_is_nobodys_id() =>
        Gen.Select(Gen.ULong, Gen.Guid).Sample(g => !new SeededId(g.Item1).TryDecode(g.Item2, out _, out _));
}
