using System.Buffers;
using System.Text;
using CsCheck;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack.Compute;
using static FedSite.Tests.Accounting.SomeServer;

namespace FedSite.Tests.Accounting;

public sealed class AcceleratorRecordTests
{
    private static readonly RecordBuilder Builder = new("EXAMPLE-SITE", "keystone.example.org", new AccountingConfig());
    private const string Expected = """
        {"SiteName": "EXAMPLE-SITE", "CloudType": "FedSite/VERSION (OpenStack)", "CloudComputeService": "keystone.example.org",
        "AssociatedRecord": "0b5d9c8e-6a2f-4f55-9d1c-2f6f9a3f1c01", "GlobalUserName": "someone@egi.eu", "FQAN": "vo.example.eu",
        "Count": 2, "AvailableDuration": 1944000, "MeasurementMonth": 11, "MeasurementYear": 2026,
        "AssociatedRecordType": "cloud", "Type": "GPU", "Model": "NVIDIA Tesla V100", "ActiveDuration": 1944000}
        """;

    private static readonly UsageWindow November = new(At("2026-11-10T00:00:00Z"), At("2026-11-23T12:00:00Z"));

    [Fact]
    public void The_accelerators_of_a_machine_are_written_in_the_repositorys_format() =>
        Assert.Equal(
            Expected.Replace("VERSION", ProductInfo.Version, StringComparison.Ordinal).Replace('\n', ' '),
            Text(WithGpu())
        );

    [Theory]
    [InlineData("0.5", "0.5")]
    [InlineData("1.0", "1")]
    [InlineData("4", "4")]
    public void Shared_cards_count_as_fractions(string number, string expected) =>
        Assert.Contains($"\"Count\": {expected},", Text(WithGpu(number)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Accelerator:Type")]
    [InlineData("Accelerator:Vendor")]
    [InlineData("Accelerator:Model")]
    [InlineData("Accelerator:Number")]
    public void A_flavor_that_describes_them_in_part_gives_no_record(string missing)
    {
        var specs = Gpu().Where(s => s.Key != missing).ToDictionary();

        Assert.Null(Record(Active with { Flavor = Active.Flavor! with { ExtraSpecs = specs } }, November));
    }

    [Fact]
    public void A_number_that_is_none_is_reported() =>
        Assert.Contains(
            "'many'",
            Assert.Throws<FormatException>(() => Record(WithGpu("many"), November)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_machine_that_was_never_launched_used_none() =>
        Assert.Null(Record(WithGpu() with { LaunchedAt = null, Status = "ERROR" }, November));

    [Fact]
    public void Seconds_lie_within_the_month_and_the_window() =>
        Gen.Select(Any, Gen.Long[1_733_000_000, 1_800_000_000])
            .Sample(
                (server, to) =>
                {
                    var window = new UsageWindow(
                        DateTimeOffset.FromUnixTimeSeconds(to - 1),
                        DateTimeOffset.FromUnixTimeSeconds(to)
                    );
                    var month = UsageWindow.MonthStart(window.From);
                    return Record(server, window) is not { } record
                        || record.AvailableDuration
                            <= Math.Min(to - month.ToUnixTimeSeconds(), to - server.Created.ToUnixTimeSeconds());
                }
            );

    [Fact]
    public void The_months_of_a_machine_add_up_to_its_life()
    {
        var whole = new UsageWindow(At("2020-01-01T00:00:00Z"), At("2032-01-01T00:00:00Z"));
        Any.Where(s => s.TerminatedAt is not null)
            .Sample(server =>
            {
                var months = whole.Months(TimeSpan.Zero).Where(ServerUsage.Of(server).Touches).ToList();
                var seconds = months.Sum(m => Record(server, m)?.AvailableDuration ?? 0);
                var life = (long)(server.TerminatedAt!.Value - server.Created).TotalSeconds;
                return seconds == life;
            });
    }

    private static Server WithGpu(string number = "2") =>
        Active with
        {
            Flavor = Active.Flavor! with { ExtraSpecs = Gpu(number) },
        };

    private static AcceleratorRecord? Record(Server server, UsageWindow window) =>
        Builder.Accelerator(server, ServerUsage.Of(server), window, new Owner("vo.example.eu", "someone@egi.eu", null));

    private static string Text(Server server)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Record(server, November)!.WriteTo(buffer);
        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
