using FedSite.Checks;
using FedSite.Configuration;

namespace FedSite.Tests.Checks;

public sealed class RegistrationChecksTests
{
    [Theory]
    [InlineData("cloud accelerator", "cloud, accelerator: eu.egi.cloud.accounting")]
    [InlineData("cloud ip storage", "cloud, ip: eu.egi.cloud.accounting; storage: eu.egi.storage.accounting")]
    [InlineData("storage", "storage: eu.egi.storage.accounting")]
    public async Task Each_kind_names_the_service_type_that_gocdb_needs(string kinds, string expected)
    {
        var subject = Some.Subject("/nonexistent");
        subject = subject with
        {
            Site = subject.Site with
            {
                Accounting = new AccountingConfig
                {
                    Kinds = [.. kinds.Split(' ').Select(word => RecordKinds.Parse(word)!.Value)],
                },
            },
        };

        var findings = await Some.FindingsAsync(RegistrationChecks.RunAsync, subject);

        Assert.Equal(expected, string.Join("; ", findings.Select(Shorten)));
    }

    private static string Shorten(Finding finding)
    {
        var words = finding.Seen.Split(" go to ")[0].Replace("Records of kind ", "", StringComparison.Ordinal);
        var type = finding.Seen.Split("service endpoint ")[1].Split(' ')[0];
        return $"{words}: {type}";
    }
}
